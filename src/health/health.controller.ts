import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { ApiProblems } from '../http/api-problem.js';
import { SessionStoreHealth } from '../sessions/session-store.health.js';

class HealthDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: string;
}

/** For whoever restarts the process (live) or sends it requests (ready). */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly store: SessionStoreHealth,
  ) {}

  @Get('live')
  @ApiOperation({ operationId: 'live', summary: 'Is the process alive?' })
  @ApiResponse({ status: 200, description: 'It is, whatever the store does.', type: HealthDto })
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ operationId: 'ready', summary: 'Can it answer requests?' })
  @ApiResponse({ status: 200, description: 'The store answers.', type: HealthDto })
  @ApiProblems({ 503: 'The store does not answer.' })
  async ready(): Promise<HealthDto> {
    try {
      const { status } = await this.health.check([() => this.store.check()]);
      return { status };
    } catch {
      throw new ServiceUnavailableException('The store does not answer.');
    }
  }
}
