import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { Open } from '../access/access.guard.js';
import { ApiProblems, EDGE_PROBLEMS } from '../http/api-problem.js';
import { Metrics } from '../metrics/metrics.js';

/** For Prometheus; docs/operations.md has each metric. */
@ApiTags('health')
@ApiProblems({
  401: EDGE_PROBLEMS[401],
  421: EDGE_PROBLEMS[421],
  503: 'Too many requests are under way; try again soon.',
})
@SkipThrottle()
@Open(({ metricsPublic }) => metricsPublic)
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiOperation({ operationId: 'metrics', summary: 'What the process has counted and timed' })
  @ApiResponse({
    status: 200,
    description: "Prometheus's text format.",
    content: { 'text/plain': { schema: { type: 'string' }, example: 'ephemera_sessions_created_total 3' } },
  })
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  expose(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
