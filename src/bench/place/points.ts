import type {Items} from '../../record/items.ts'

const START = Date.UTC(2026, 5, 1, 9)

const DEVICE = Buffer.from('"device_id":"b')

/**
 * Makes valid points for a place, all different. The number of a point is in its device id, by which it is recognised
 * when its row is committed.
 */
export function pointMaker(flights: string[]): (i: number) => string {
  return (i) => {
    const flight = i % flights.length
    const time = new Date(START + Math.floor(i / flights.length) * 1000).toISOString()
    const lat = 46 + (i % 1_000_000) / 1e6
    return `{"flight_uuid":"${flights[flight]}","flight_id":"B${flight}","datetime":"${time}","lat":${lat},"lon":7.5,"elevation":1000,"device_id":"b${i}"}`
  }
}

/** Reads the numbers of points back. */
export function pointNumbers(items: Items): number[] {
  const numbers: number[] = []
  for (let i = 0; i < items.count; i++) {
    const item = items.item(i)
    const at = item.indexOf(DEVICE)
    if (at >= 0)
      numbers.push(Number.parseInt(item.toString('latin1', at + DEVICE.length, at + DEVICE.length + 12), 10))
  }
  return numbers
}
