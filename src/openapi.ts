import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { parseEnvironment } from './config/environment.js';
import { createOpenApiDocument } from './openapi-document.js';

// Writes the specification, as it is with the default environment, to the file named (standard output without one).
process.env.SESSION_STORE = 'embedded';
const app = await NestFactory.create(AppModule, { logger: ['error'] });
const document = createOpenApiDocument(app, parseEnvironment({}));
writeFileSync(process.argv[2] ?? '/dev/stdout', `${JSON.stringify(document, null, 2)}\n`);
