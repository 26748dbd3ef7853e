/** A node of a cluster, as another one knows it. */
export interface KnownNode {
  id: string
  /** Host and port, as it announces them. */
  address: string
  /** e.g. `master`, `slave`, `fail`. */
  flags: string[]
  /** Id of its primary; `-` if it is one. */
  primary: string
  isConnected: boolean
  /** Ranges of its own slots, both ends included. */
  slots: Array<[first: number, last: number]>
}

/** Reads CLUSTER NODES: lines of `id host:port@bus flags primary ping pong epoch link slot…`. */
export function knownNodes(text: string): KnownNode[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', address = '', flags = '', primary = '', , , , link, ...slots] = line.trim().split(' ')
    if (link === undefined) return []
    return {
      id,
      address: address.split('@')[0],
      flags: flags.split(','),
      primary,
      isConnected: link === 'connected',
      slots: slots.flatMap(rangeOf),
    }
  })
}

/** `5` or `0-5460`; `[5->-…]` is a slot on its way, which its owner lists as well. */
function rangeOf(text: string): Array<[number, number]> {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  return first === undefined ? [] : [[Number(first), Number(last)]]
}

/** Whether it does not answer; `fail?` is what only the node thinks that was asked. */
export function isDown({flags}: KnownNode): boolean {
  return flags.includes('fail') || flags.includes('fail?')
}

/** Whether it is a primary that has slots. */
export function hasSlots({flags, slots}: KnownNode): boolean {
  return flags.includes('master') && slots.length > 0
}
