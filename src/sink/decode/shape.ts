import type {Table} from '../catalog/table.ts'

/** The columns to write for some records: those that they give, and all others that may not stay out. */
export interface Shape {
  /** The records delete rows. */
  readonly deletes?: true
  /** Indexes into `Table.columns`, ascending. */
  readonly columns: number[]
}

/** Records by their shapes. @param shapes of each record; those without one are left out */
export function byShape(shapes: ReadonlyArray<Shape | undefined>, records: number[]): Map<Shape, number[]> {
  const groups = new Map<Shape, number[]>()
  for (const record of records) {
    const shape = shapes[record]
    if (!shape) continue
    const group = groups.get(shape)
    if (group) group.push(record)
    else groups.set(shape, [record])
  }
  return groups
}

/** The same groups, those first whose records delete rows, since another row may be waiting for their keys. */
export function deletesFirst<T>(groups: ReadonlyMap<Shape, T>): Array<[Shape, T]> {
  const all = [...groups]
  return [...all.filter(([{deletes}]) => deletes), ...all.filter(([{deletes}]) => !deletes)]
}

/** Most shapes remembered; records that keep giving other columns would otherwise fill the memory. */
const MOST = 1000

/** Finds the shape of each record; records that give the same columns share one. */
export class ShapeBook {
  readonly #optional: number[]
  readonly #all: boolean[]
  readonly #known = new Map<string, Shape>()
  /** Which of the columns that may stay out the last record gave; the next one usually gives the same. */
  readonly #given: Uint8Array
  readonly #what: Pick<Shape, 'deletes'>
  #last: Shape

  /** @param what the records do, if they do not write */
  constructor({columns}: Table, what: Pick<Shape, 'deletes'> = {}) {
    this.#what = what
    this.#all = columns.map(({mayStayOut}) => !mayStayOut)
    this.#optional = columns.flatMap(({mayStayOut}, index) => (mayStayOut ? [index] : []))
    this.#given = new Uint8Array(this.#optional.length)
    this.#last = this.#find()
  }

  /** @param members index of the member that gives each column, or -1 */
  of(members: Int32Array): Shape {
    const columns = this.#optional
    let isSame = true
    for (let i = 0; i < columns.length; i++) {
      const isGiven = members[columns[i]] >= 0 ? 1 : 0
      if (this.#given[i] === isGiven) continue
      this.#given[i] = isGiven
      isSame = false
    }
    if (!isSame) this.#last = this.#find()
    return this.#last
  }

  #find(): Shape {
    const name = this.#given.join('')
    const known = this.#known.get(name)
    if (known) return known
    const given = new Set(this.#optional.filter((_, i) => this.#given[i] === 1))
    const columns = this.#all.flatMap((always, index) => (always || given.has(index) ? [index] : []))
    if (this.#known.size === MOST) this.#known.clear()
    const shape = {...this.#what, columns}
    this.#known.set(name, shape)
    return shape
  }
}
