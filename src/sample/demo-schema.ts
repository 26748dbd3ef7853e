import type {OwnSchema} from './own-schema.ts'
import {SAMPLE_TABLES} from './sample.ts'

/** The schema of the demo: the sample tables. */
export const DEMO_SCHEMA: OwnSchema = {
  name: 'qtool_demo',
  tables: ['flights', 'live_track_points'],
  sql: SAMPLE_TABLES,
}
