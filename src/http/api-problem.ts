import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';

const REQUEST_ID = '0b9f0a4e-8d61-4f4c-9a53-2d6f6a1f7f0e';

/** What any route that needs a key may answer. */
export const EDGE_PROBLEMS = {
  401: 'A key is needed: send it as `Authorization: Bearer KEY`, or as the password of HTTP Basic.',
  421: 'The service is not known by this Host: ALLOWED_HOSTS has those it answers to.',
  429: 'More than 6000 requests in a minute: try again in 12 s.',
  503: 'The store cannot be reached; try again soon.',
};

/** What a route that changes something may answer besides. */
export const WRITE_PROBLEMS = { 403: 'The key "grafana" may only read.' };

/** Documents the errors a route answers with: for each status, an example of its `detail`. */
export function ApiProblems(details: Record<number, string>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...Object.entries(details).map(([code, detail]) => {
      const status = Number(code);
      const title = STATUS_CODES[status] ?? '';
      return ApiResponse({
        status,
        description: title,
        content: {
          'application/problem+json': {
            schema: { $ref: getSchemaPath(ProblemDto) },
            example: { type: 'about:blank', title, status, detail, request_id: REQUEST_ID },
          },
        },
      });
    }),
  );
}
