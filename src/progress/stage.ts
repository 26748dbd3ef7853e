/** How far a bulk of bytes is. */
export interface BytesRead {
  read: number
  size: number
}

/** A figure with its words: `9,876 matched`, or `3 dead letters`. */
export type Figure = {count: number} & ({what: string} | {unit: string})

/** What a command leaves behind that ends early. */
export interface Deed {
  /** `purged`. */
  verb: string
  count: number
  /** In the singular. */
  unit: string
  /** All that it was meant for; left out where that is not known. */
  of?: number
}

/** A part of a command's work, and how far it is. */
export interface Stage {
  /** What is going on: `purging`. */
  doing: string
  /** What is counted, in the singular: `letter`. */
  unit?: string
  done?: number
  /** All there is to do, in the same unit; left out where that is not known. */
  total?: number
  /** What is still to do where more may come at any time, in the same unit. */
  waiting?: number
  /** What tells how far a file is, since nobody knows how many records it holds. */
  bytes?: BytesRead
  /** How long it takes at most, if that is known from the beginning. */
  lastsMs?: number
  /** Further figures, the most important first. */
  also?: readonly Figure[]
  /** What was done so far that stays; left out where a command that ends now has done nothing. */
  did?: Deed
  /** Before it nothing is changed, and whoever interrupts it may be told so. */
  isHarmless?: boolean
  /** How a command that ends early is continued after so many; left out where the same command line does so. */
  continued?(done: number): Continuation
}

/** How the command line that continues differs from the one that was typed. */
export interface Continuation {
  /** Flags with another value; null for one that is left out. */
  flags?: Readonly<Record<string, string | null>>
  /** Other arguments. */
  args?: readonly string[]
  /** What to say of what is done again. */
  caution?: string
  /** It begins again, since nothing of what was done is left. */
  isAfresh?: boolean
  /** What to say in place of a command line, if none continues. */
  instead?: string
}

/** Says how far a stage is: replaces what has changed. With another `doing` a new stage begins. */
export type Report = (now: Partial<Stage>) => void
