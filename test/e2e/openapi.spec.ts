import request from 'supertest';
import { startTestApp } from '../support/test-app.js';

describe('the OpenAPI description', () => {
  it('covers every REST route with its answers and errors', async () => {
    const { app } = await startTestApp({ MAX_TTL_SECONDS: '900' });
    const { body } = await request(await app.getUrl())
      .get('/openapi.json')
      .expect(200);
    const answers = Object.entries(
      body.paths as Record<string, Record<string, { responses: object }>>,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { responses }]) => `${method} ${path} ${Object.keys(responses).join()}`,
      ),
    );
    expect(answers.sort()).toEqual([
      'delete /sessions 200,400,401,403,421,429,503',
      'delete /sessions/{token} 204,400,401,403,421,429,503',
      'get /health/live 200,421',
      'get /health/ready 200,421,503',
      'get /metrics 200,401,421,503',
      'get /sessions 200,400,401,403,421,429,503',
      'get /sessions/{token} 200,400,401,404,421,429,503',
      'patch /sessions/{token} 200,400,401,403,404,409,413,415,421,429,503',
      'post /sessions 201,400,401,403,413,415,421,429,503',
      'post /sessions/{token}/rotate 201,400,401,403,404,409,421,429,503',
    ]);
    expect(body.components.schemas.CreateSessionDto.properties.ttl).toMatchObject({
      minimum: 1,
      maximum: 900,
    });
  });

  it('is shown by Swagger UI', async () => {
    const { app } = await startTestApp();
    const { text } = await request(await app.getUrl())
      .get('/docs')
      .expect(200);
    expect(text).toContain('Ephemera API');
  });
});
