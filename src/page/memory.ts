import type {ServerState, SlowCommand} from '../health/redis-server.ts'
import type {Observation} from '../monitor/observation.ts'
import type {MemoryUsage} from '../queue/memory-usage.ts'
import {fill, h} from './dom.ts'
import {bytes, count, moment} from './format.ts'
import type {ShownRow} from './keyed-rows.ts'
import {makeTable, Pairs, panel} from './panel.ts'

const NOT_PERMITTED = 'not permitted for this Redis user'

/** The memory of a queue, and of the Redis that holds it. */
export function makeMemory(): ShownRow<Observation> {
  const pairs = new Pairs()
  return {
    node: panel('memory', pairs.node),
    show({inspection: {memory, server}}) {
      pairs.show([
        ['ready items', memoryWords(memory.ready)],
        ['dead letters', memoryWords(memory.deadLetters)],
        ...serverPairs(server),
      ])
    },
  }
}

/** The state of a Redis server, as names and values. */
export function serverPairs(server: ServerState | null): Array<[string, string]> {
  if (!server) return [['Redis', NOT_PERMITTED]]
  const {usedBytes, peakBytes, maxBytes, policy, fragmentation, clients} = server
  const share = maxBytes === 0 ? '' : ` (${Math.round((usedBytes / maxBytes) * 100)} %)`
  return [
    ['Redis uses', `${bytes(usedBytes)}${share}, peak ${bytes(peakBytes)}`],
    ['limit', maxBytes === 0 ? 'none' : `${bytes(maxBytes)}, then ${policy}`],
    ['fragmentation', fragmentation.toFixed(2)],
    ['clients', `${count(clients.connected)} of ${count(clients.max)}, ${count(clients.blocked)} blocked`],
  ]
}

/** The slowest commands of late; qtool's own scripts by name. */
export function makeSlowLog(): ShownRow<SlowCommand[] | null> {
  const {node, body} = makeTable(['at', {figure: 'took'}, 'command'])
  const none = h('p', {class: 'hint'})
  let shown = ''
  return {
    node: panel('slow log', node, none),
    show(entries) {
      const state = JSON.stringify(entries)
      if (state === shown) return
      shown = state
      const isEmpty = !entries || entries.length === 0
      node.hidden = isEmpty
      none.hidden = !isEmpty
      none.textContent = entries ? 'no command was slow' : NOT_PERMITTED
      fill(body, ...(entries ?? []).map(slowRow))
    },
  }
}

function slowRow({at, micros, command}: SlowCommand): HTMLElement {
  const took = `${count(micros / 1000)} ms`
  return h(
    'tr',
    {},
    h('td', {class: 'time'}, moment(at)),
    h('td', {class: 'figure'}, took),
    h('td', {class: 'line mono', title: command}, command),
  )
}

function memoryWords(usage: MemoryUsage | null): string {
  if (usage === null) return NOT_PERMITTED
  return usage.isEstimate ? `about ${bytes(usage.bytes)}` : bytes(usage.bytes)
}
