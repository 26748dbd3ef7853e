import {connectionFlags, QtoolCommand} from '../command.ts'

interface MigrateResult {
  applied: string[]
}

export default class Migrate extends QtoolCommand<MigrateResult> {
  static override summary = 'Create or update the tables of qtool and the sample schema.'
  static override description =
    `Makes the schema "qtool" with the ledger of applied leases, and the sample tables "flights" and
"live_track_points". Safe to run again, and at the same time.`
  static override examples = ['<%= config.bin %> migrate']
  static override flags = {...connectionFlags}

  async run(): Promise<MigrateResult> {
    const {flags} = await this.parse(Migrate)
    const settings = await this.settings(flags)
    this.writing(settings)
    const applied = await this.withPostgres(settings, {max: 1}, async (pool) => {
      const {migrate} = await import('../sink/migrate.ts')
      const client = await pool.connect()
      return migrate(client).finally(() => client.release())
    })
    this.log(applied.length === 0 ? 'nothing to do' : applied.map((name) => `created: ${name}`).join('\n'))
    return {applied}
  }
}
