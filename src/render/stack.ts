import type {ServerView, StackView} from '../stack/view.ts'
import {pairs} from './table.ts'

/** The local stack, a block for each server. */
export function renderStack(view: StackView): string {
  if (!view.redis || !view.postgres) return 'no local stack yet; qtool up makes one'
  const block = (name: string, server: ServerView) =>
    `${name}\n${pairs([
      ['state', server.running ? `runs as process ${server.pid}` : 'is down'],
      ['version', server.version],
      ['url', server.url],
      ['data', server.folder],
    ])}`
  return [block('Redis', view.redis), block('Postgres', view.postgres)].join('\n\n')
}
