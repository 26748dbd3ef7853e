import {diag} from '@opentelemetry/api'
import {QtoolError} from '../../errors.ts'
import type {ChunkTracing} from '../../queue/producer.ts'
import {qtoolVersion} from '../../version.ts'
import type {ObserversFor} from '../../worker/run-work.ts'
import {traceChunks} from './trace-chunks.ts'
import {traceLeases} from './trace-leases.ts'
import {Tracing} from './tracing.ts'

/** What traces what a command does. */
export interface Traces {
  /** @param queue its name */
  chunks(queue: string): ChunkTracing
  observers: ObserversFor
}

/** How long an export may take, and how long the end of a command waits for the last one, ms. */
const CLOSE_MS = 2000

/**
 * Runs `use` with tracing, and sends the spans over OTLP/HTTP to where the variables OTEL_EXPORTER_OTLP_* say.
 * @param oneIn one in so many chunks and leases is traced
 * @param note told once if spans cannot be sent
 * @throws QtoolError `NO_TRACING` if the packages for it are not installed
 */
export async function withTracing<R>(
  oneIn: number,
  note: (text: string) => void,
  use: (traces: Traces) => Promise<R>,
): Promise<R> {
  const provider = await openProvider()
  let isTold = false
  const onFailure = () => {
    if (!isTold) note('WARNING: traces cannot be sent to the collector; see OTEL_EXPORTER_OTLP_ENDPOINT')
    isTold = true
  }
  onTrouble(onFailure)
  const tracing = new Tracing(provider.getTracer('qtool', qtoolVersion()), oneIn)
  try {
    return await use({
      chunks: (queue) => traceChunks(tracing, queue),
      observers: ({queue, table}) => [traceLeases(tracing, queue, table)],
    })
  } finally {
    await tracing.settled()
    await closeInTime(provider).catch(onFailure)
    diag.disable()
  }
}

async function openProvider() {
  const [{BasicTracerProvider, BatchSpanProcessor}, {OTLPTraceExporter}, resources] = await load()
  const {defaultResource, detectResources, envDetector, resourceFromAttributes} = resources
  const own = resourceFromAttributes({'service.name': 'qtool', 'service.version': qtoolVersion()})
  // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say counts more
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({detectors: [envDetector]}))
  return new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({timeoutMillis: CLOSE_MS}))],
  })
}

async function load() {
  try {
    return await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  } catch (error) {
    throw new QtoolError('the packages that export traces are not installed', {
      code: 'NO_TRACING',
      suggestions: ['install qtool with its optional dependencies, or leave out --trace and QTOOL_TRACE'],
      cause: error,
    })
  }
}

/** The library reports failed exports to a logger, and again every few seconds while the collector is away. */
function onTrouble(tell: () => void): void {
  const silent = () => {}
  diag.setLogger({error: tell, warn: silent, info: silent, debug: silent, verbose: silent})
}

/** Sends what is left. @throws if that fails, or takes too long */
async function closeInTime(provider: {shutdown(): Promise<void>}): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the collector does not answer')), CLOSE_MS)
  })
  await Promise.race([provider.shutdown(), late]).finally(() => clearTimeout(timer))
}
