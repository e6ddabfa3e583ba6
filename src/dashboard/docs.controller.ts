import { Controller, Get, Render } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Open } from '../access/access.guard.js';

/** Swagger UI without anything inline, so that it runs under a strict Content-Security-Policy. It holds no secrets. */
@ApiExcludeController()
@Open()
@Controller('docs')
export class DocsController {
  @Get()
  @Render('pages/docs')
  page(): object {
    return { layout: false };
  }
}
