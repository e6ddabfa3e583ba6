import { Controller, Get, HttpException, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { SkipThrottle } from '@nestjs/throttler';
import { Open } from '../access/access.guard.js';
import { ApiProblems, EDGE_PROBLEMS } from '../http/api-problem.js';
import { Draining } from '../http/draining.js';
import { SessionStoreHealth } from '../sessions/session-store.health.js';

class HealthDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: string;
}

const NOT_READY = 'The store does not answer.';

/** For whoever restarts the process (live) or sends it requests (ready). */
@ApiTags('health')
@ApiSecurity({})
@ApiProblems({ 421: EDGE_PROBLEMS[421] })
@SkipThrottle()
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly store: SessionStoreHealth,
    private readonly draining: Draining,
  ) {}

  @Get('live')
  @ApiOperation({ operationId: 'live', summary: 'Is the process alive?' })
  @ApiResponse({ status: 200, description: 'It is, whatever the store does.', type: HealthDto })
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ operationId: 'ready', summary: 'Can it answer requests?' })
  @ApiResponse({
    status: 200,
    description: 'The store answers, and the process is not about to stop.',
    type: HealthDto,
  })
  @ApiProblems({ 503: NOT_READY })
  async ready(): Promise<HealthDto> {
    if (this.draining.begun) throw new ServiceUnavailableException('The service is about to stop.');
    try {
      const { status } = await this.health.check([() => this.store.check()]);
      return { status };
    } catch (error) {
      throw new ServiceUnavailableException(NOT_READY, { cause: new Error(reasonIn(error)) });
    }
  }
}

/** Terminus keeps it in the body it would answer with. */
function reasonIn(error: unknown): string {
  if (!(error instanceof HttpException)) return String(error);
  return String((error.getResponse() as HealthCheckResult).error?.store?.message);
}
