import {Registry} from 'prom-client'
import {Type} from 'typebox'
import {readServer, readSlowlog} from '../../health/redis-server.ts'
import {registerProcess} from '../../metrics/process-metrics.ts'
import {metricsText} from '../../metrics/queue-collector.ts'
import {callerFor} from '../caller.ts'
import type {Gate} from '../gate.ts'
import type {Server} from '../server.ts'
import {ServerView} from '../shape/looks.ts'

const tags = ['server']

/** This server itself, and what it tells Prometheus. */
export function addServer(server: Server): void {
  addView(server)
  addMetrics(server)
}

function addView({app, resources, guarantee, version, answered}: Server): void {
  const schema = {
    tags,
    summary: 'Redis, its slow log, and the connections of this server.',
    response: {200: ServerView},
  }
  app.get('/server', {schema}, async (request) => {
    const {settings, producers, pool, postgres} = resources
    const {redis} = resources.redis
    const caller = callerFor(resources, request, settings.queue.value)
    const [state, slowlog, kept] = await caller.withQueue(() =>
      Promise.all([readServer(redis), readSlowlog(redis), guarantee.current()]),
    )
    return {
      version,
      profile: settings.profile ? {name: settings.profile.name, mode: settings.profile.mode} : null,
      redis: state,
      slowlog,
      guarantee: kept,
      answered,
      pools: {producers: poolOf(producers.gate), postgres: pool ? poolOf(postgres) : null},
    }
  })
}

function poolOf({inside: inUse, max, waiting}: Gate) {
  return {inUse, max, waiting}
}

/**
 * Every queue is read once a scrape, in a time that does not grow with it. One that holds items is read on meanwhile:
 * scrapes every 15 s are too few readings for a forecast.
 */
function addMetrics({app, monitors, guarantee}: Server): void {
  const content = {'text/plain': {schema: Type.String()}}
  const schema = {
    tags,
    summary: 'Metrics of all queues, for Prometheus.',
    response: {200: {description: 'The text format of Prometheus.', content}},
  }
  const process = new Registry()
  registerProcess(process)
  app.get('/metrics', {schema}, async (_, reply) => {
    const {queues} = await monitors.survey.current()
    const readable = queues.filter(({problem}) => problem === null)
    const observations = await Promise.all(
      readable.map(async ({queue, ready, leased}) => {
        const monitor = ready || leased ? monitors.watched(queue) : monitors.queue(queue)
        // One that has broken since the survey is left out, as the next survey will do
        return (await monitor.current().catch(() => undefined)) ?? []
      }),
    )
    const text = await metricsText(observations.flat(), {
      process,
      scale: {targetSeconds: 300},
      keeping: await guarantee.current(),
    })
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text)
  })
}
