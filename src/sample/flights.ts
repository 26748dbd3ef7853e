import type {Pool} from 'pg'

/** A row of `flights`, the parent table of track points in the sample schema. */
export interface FlightRow {
  id: string
  flightId: string
  pilotName: string | null
  source: string
  deviceId: string | null
}

/**
 * Writes the flights that are missing, so that their points have a parent.
 * @param table quoted for SQL
 * @returns how many were new
 */
export async function registerFlights(pool: Pool, flights: FlightRow[], table = 'flights'): Promise<number> {
  const column = (of: (flight: FlightRow) => string | null) => flights.map(of)
  const {rowCount} = await pool.query(
    // $1 id, $2 flight_id, $3 pilot_name, $4 source, $5 device_id; one array each
    `INSERT INTO ${table} (id, flight_id, pilot_name, source, device_id)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING`,
    [
      column((flight) => flight.id),
      column((flight) => flight.flightId),
      column((flight) => flight.pilotName),
      column((flight) => flight.source),
      column((flight) => flight.deviceId),
    ],
  )
  return rowCount ?? 0
}
