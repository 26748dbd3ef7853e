import {Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import type {MigrateResult} from '../sample/migrate.ts'

export default class Migrate extends OperationCommand<MigrateResult> {
  static override summary = "Create or update qtool's own tables."
  static override description =
    `Creates the schema "qtool" with the ledger of applied leases, and touches nothing else. With --sample, also creates the
sample tables "flights" and "live_track_points" in the first schema of the search path, unless other tables have
those names. Safe to run repeatedly and concurrently.`
  static override examples = ['<%= config.bin %> migrate', '<%= config.bin %> migrate --sample']
  static override flags = {
    ...connectionFlags,
    sample: Flags.boolean({summary: 'Create the sample tables as well.'}),
  }

  async run(): Promise<MigrateResult> {
    const {flags} = await this.parse(Migrate)
    const settings = await this.settings(flags)
    const {migrate} = await import('../operations/migrate.ts')
    const {renderMigrate} = await import('../render/migrate.ts')
    const result = await this.withProgress({doing: 'migrating'}, () => migrate(this.caller(settings), flags))
    this.log(renderMigrate(result))
    return result
  }
}
