import {
  type Change,
  childrenOf,
  mayGo,
  type Pick,
  type Row,
  type Rows,
  remove,
  type Shape,
  TABLES,
  type TableName,
} from './source.ts'

const WRITES = ['insert', 'u', 'UPSERT', 'c']
const DELETES = ['d', 'DELETE']

/** Changes a database at random, as its foreign keys allow, and says what it did, as a change feed does. */
export class Feed {
  readonly rows: Rows = {o: new Map(), l: new Map(), s: new Map()}
  readonly #pick: Pick
  readonly #shape: Shape
  /** Keys of rows that went with others without a record of their own. */
  readonly #silent = new Set<string>()
  #seq = 0
  #changes: Change[] = []

  constructor(pick: Pick, shape: Shape) {
    this.#pick = pick
    this.#shape = shape
  }

  /** The records of some changes, each of which the database can take after those before it. */
  next(changes: number): Change[] {
    this.#changes = []
    while (this.#changes.length < changes) this.#change()
    return this.#changes
  }

  #change(): void {
    const table = TABLES[this.#pick(3)]
    const id = this.#pick(9)
    const row = this.rows[table].get(id)
    const kind = this.#pick(10)
    if (!row || kind < 4) this.#write(table, id)
    else if (kind < 8) this.#delete(table, id)
    else {
      this.#delete(table, id)
      this.#write(table, id)
      for (const {child, column} of this.#shape.keys.filter(({parent}) => parent === table)) {
        if (this.#pick(2)) this.#write(child, this.#pick(9), {[column]: id})
      }
    }
  }

  #write(table: TableName, id: number, wish: Row = {}): void {
    const row = this.rows[table].get(id)
    if (this.#silent.has(`${table}${id}`) || (Object.keys(wish).length > 0 && !this.#isThere(table, wish)))
      return
    const parents = this.#shape.keys.filter(({child}) => child === table)
    const isWhole = !row || this.#shape.newestBy || this.#pick(2) === 0
    const given: Row = {}
    for (const {column, parent} of parents) {
      const known = [...this.rows[parent].keys()]
      if (isWhole || this.#pick(2)) given[column] = known[this.#pick(known.length + 1)] ?? null
    }
    if (isWhole || this.#pick(2)) given.v = this.#pick(1000)
    if (table === 'o' && !row) given.code = this.#freeCode()
    Object.assign(given, wish)
    const seq = ++this.#seq
    const own = {...given, seq}
    this.rows[table].set(id, {...(row ?? {id, v: 7, gone: false}), ...own, gone: false})
    this.#changes.push({t: table, op: WRITES[this.#pick(4)], id, ...own})
  }

  #isThere(table: TableName, wish: Row): boolean {
    return this.#shape.keys
      .filter(({child, column}) => child === table && column in wish)
      .every(({column, parent}) => this.rows[parent].has(Number(wish[column])))
  }

  /** Deletes what would keep a row, and then the row. */
  #delete(table: TableName, id: number): void {
    const {rows} = this
    const row = rows[table].get(id)
    if (!row) return
    if (table === 'o' && this.#shape.isSoft) {
      this.#tell(table, id)
      rows[table].set(id, {...row, gone: true, ...(this.#shape.newestBy ? {seq: this.#seq} : {})})
      return
    }
    for (const {key, row: child} of childrenOf(rows, this.#shape, table, id)) {
      const mayStay =
        key.action === 'SET NULL' ||
        (key.action === 'CASCADE' && mayGo(rows, this.#shape, key.child, Number(child.id)))
      if (!mayStay) this.#delete(key.child, Number(child.id))
    }
    const gone = remove(rows, this.#shape, table, id)
    const isTold = this.#pick(2) === 0
    for (const [name, other] of gone) {
      if (isTold) this.#tell(name, other)
      else this.#silent.add(`${name}${other}`)
    }
    this.#tell(table, id)
  }

  #tell(table: TableName, id: number): void {
    const more = this.#pick(3) === 0 ? {v: 'nonsense'} : {}
    this.#changes.push({t: table, op: DELETES[this.#pick(2)], id, seq: ++this.#seq, ...more})
  }

  /** A code that no order has; often one that an order had. */
  #freeCode(): number {
    const taken = new Set([...this.rows.o.values()].map(({code}) => code))
    for (let code = this.#pick(3); ; code++) if (!taken.has(code)) return code
  }
}

/** Some records before others that they depend on: new rows before their parents, deletes before those of their children. */
export function disordered(pick: Pick, changes: Change[], {keys}: Shape): Change[] {
  const all = [...changes]
  for (let times = 0; times < 3; times++) {
    for (let i = 1; i < all.length; i++) {
      const [a, b] = [all[i - 1], all[i]]
      const writes =
        !isDelete(a) &&
        !isDelete(b) &&
        keys.some((k) => k.child === b.t && k.parent === a.t && b[k.column] === a.id)
      const deletes = isDelete(a) && isDelete(b) && keys.some((k) => k.child === a.t && k.parent === b.t)
      if ((writes || deletes) && pick(2)) [all[i - 1], all[i]] = [b, a]
    }
  }
  return all
}

export const isDelete = ({op}: Change) => op.toLowerCase().startsWith('d')
