import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Environment } from './config/environment.js';

/** The OpenAPI description of `app`, with the configured MAX_TTL_SECONDS as the maximum of every `ttl`. */
export function createOpenApiDocument(
  app: INestApplication,
  { API_KEYS, MAX_TTL_SECONDS, metricsPublic }: Environment,
): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Ephemera')
    .setDescription(
      'Short-lived session tokens whose rows the database itself removes when their TTL is over. ' +
        'Every error is a problem of RFC 9457.',
    )
    .setVersion('0.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addTag('sessions', 'Create, read, list and revoke sessions')
    .addTag('health', 'For orchestrators, balancers and monitoring')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key out of API_KEYS.' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, {
    ...description,
    security: [{ key: [] }, ...(API_KEYS.length === 0 ? [{}] : [])],
  });
  const { CreateSessionDto, RenewSessionDto } = document.components?.schemas ?? {};
  Object.assign(CreateSessionDto ?? {}, { additionalProperties: false });
  Object.assign(RenewSessionDto ?? {}, {
    additionalProperties: false,
    anyOf: [{ required: ['ttl'] }, { required: ['memory_fragment'] }],
  });
  const limitTtl = (schema?: object) => schema && Object.assign(schema, { maximum: MAX_TTL_SECONDS });
  for (const schema of Object.values(document.components?.schemas ?? {})) {
    if ('properties' in schema) limitTtl(schema.properties?.ttl);
  }
  for (const path of Object.values(document.paths)) {
    for (const parameter of path.post?.parameters ?? []) {
      if ('schema' in parameter && parameter.name === 'ttl') limitTtl(parameter.schema);
    }
  }
  if (metricsPublic) Object.assign(document.paths['/metrics']?.get ?? {}, { security: [{}] });
  return document;
}
