/** How many slots every cluster has. */
export const SLOTS = 16_384

/** The polynomial of CRC16 as the cluster specification names it (XMODEM). */
const POLYNOMIAL = 0x1021

/** What decides the slot of a key: the part between its first braces if that is not empty, else the whole key. */
export function hashTag(key: string): string {
  const [, tag = key] = /^[^{]*\{([^}]+)\}/s.exec(key) ?? []
  return tag
}

export function keySlot(key: string): number {
  let crc = 0
  for (const byte of Buffer.from(hashTag(key))) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1
    crc &= 0xffff
  }
  return crc % SLOTS
}
