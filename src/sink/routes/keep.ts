/** Keys, by any collection of them. */
export interface Keys {
  has(key: string): boolean
}

/** What tables take from around their records: the keys that they use of the parent and of the envelope. */
export interface Keep {
  parent?: Keys
  envelope?: Keys
}
