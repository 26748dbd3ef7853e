import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import {findRepeated} from '../upsert/turns.ts'

/** A record among those of the same key, by their numbers, in the order in which they are to be applied. */
interface Place {
  group: number[]
  at: number
}

/** Which records of a lease have the same key. Postgres is asked, which alone knows what is equal, and only when somebody wants to know. */
export class KeyGroups {
  readonly #leases: ReadonlyMap<Sink, DecodedLease>
  readonly #found = new Map<Sink, {groups: number[][]; places: Map<number, Place>}>()

  /** @param leases all records for each table */
  constructor(leases: ReadonlyMap<Sink, DecodedLease>) {
    this.#leases = leases
  }

  /** The records of each key that several give, by their numbers, in the order in which they are to be applied. Needs a transaction. */
  async of(client: ClientBase, sink: Sink): Promise<number[][]> {
    return (await this.#of(client, sink)).groups
  }

  /** Whether `some` hold a record of the same key that comes after this one. Needs a transaction. */
  async isFollowed(
    client: ClientBase,
    sink: Sink,
    number: number,
    some: ReadonlySet<number>,
  ): Promise<boolean> {
    const place = (await this.#of(client, sink)).places.get(number)
    if (!place) return false
    const {group, at} = place
    for (let i = at + 1; i < group.length; i++) if (some.has(group[i])) return true
    return false
  }

  async #of(client: ClientBase, sink: Sink): Promise<{groups: number[][]; places: Map<number, Place>}> {
    const known = this.#found.get(sink)
    if (known) return known
    const groups = await this.#read(client, sink)
    const places = new Map<number, Place>()
    for (const group of groups) {
      for (const [at, number] of group.entries()) places.set(number, {group, at})
    }
    this.#found.set(sink, {groups, places})
    return {groups, places}
  }

  async #read(client: ClientBase, sink: Sink): Promise<number[][]> {
    const lease = this.#leases.get(sink)
    if (!lease) return []
    const {pending} = lease
    // Where keys cannot be told apart, all records count as one
    const groups = (await findRepeated(client, sink, lease, pending)) ?? [pending]
    return groups.map((records) => records.map((record) => lease.numberOf(record)))
  }
}
