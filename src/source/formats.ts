/** The formats that `enqueue` reads. */
export const FORMATS = ['ndjson', 'json', 'csv', 'igc', 'gpx'] as const
export type Format = (typeof FORMATS)[number]
