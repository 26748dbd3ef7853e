import type {DownResult} from '../stack/down.ts'
import type {ServerView, StackView} from '../stack/view.ts'
import {bytes} from './format.ts'
import {pairs} from './table.ts'

/** Renders the local stack, with a block for each server. */
export function renderStack(view: StackView): string {
  const blocks = [
    ...(view.redis ? [block('Redis', view.redis)] : []),
    ...(view.replica ? [block('Redis, the other server of the pair', view.replica)] : []),
    ...(view.sentinelUrl
      ? [several('Sentinels, which find the primary', view.sentinels, view.sentinelUrl)]
      : []),
    ...(view.clusterUrl ? [several('Redis Cluster', view.nodes, view.clusterUrl)] : []),
    ...(view.postgres ? [block('Postgres', view.postgres)] : []),
  ]
  return blocks.length === 0 ? 'no local stack yet; qtool up creates one' : blocks.join('\n\n')
}

function block(name: string, server: ServerView): string {
  return `${name}\n${pairs([
    ['state', server.running ? `running, process ${server.pid}` : 'down'],
    ['version', server.version],
    ['url', server.url],
    ['data', `${server.folder}, ${bytes(server.dataBytes)}`],
    ['log', server.log],
  ])}`
}

/** One line for each of several servers that belong together. */
function several(name: string, found: ServerView[], url: string): string {
  const lines = found.map(({port, running, pid}, i): [string, string] => [
    i === 0 ? 'state' : '',
    `port ${port}: ${running ? `running, process ${pid}` : 'down'}`,
  ])
  return `${name}\n${pairs([...lines, ['url', url]])}`
}

/** Renders what `down` did, one line per action. */
export function renderDown({stopped, removed}: DownResult): string {
  const lines = [
    stopped.length === 0 ? 'no local stack was running' : `stopped ${stopped.join(' and ')}`,
    ...removed.map((folder) => `removed ${folder}`),
  ]
  return lines.join('\n')
}
