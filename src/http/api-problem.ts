import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';

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
            example: { type: 'about:blank', title, status, detail },
          },
        },
      });
    }),
  );
}
