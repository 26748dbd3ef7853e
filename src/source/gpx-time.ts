/** xsd:dateTime; some writers leave out the seconds, the zone, or the colon in the zone. */
const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/**
 * A time of a GPX file with all its digits, in a form that every Postgres reads the same way. A time without a zone
 * is UTC, as GPX requires.
 * @returns undefined if it is not a time, or one that does not exist
 */
export function gpxTime(text: string): string | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const [, year, month, day, minutes, seconds = ':00', zone = 'Z'] = match
  const time = `${year}-${month}-${day}T${minutes}${seconds}${zoneText(zone)}`
  // Date.parse reads 30 February as 1 March
  const isReal = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day)
  return isReal && !Number.isNaN(Date.parse(time)) ? time : undefined
}

function zoneText(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z'
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}
