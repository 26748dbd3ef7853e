import {ClientCommand, type ClientResult, noClient} from '../cli/client-command.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import {requireUrl} from '../config/require-url.ts'

export default class Psql extends ClientCommand {
  static override summary = 'Open psql on the Postgres that qtool would use.'
  static override description =
    'What follows "--" goes to psql. The password is passed in its environment, where other users cannot see it.'
  static override examples = [
    '<%= config.bin %> psql',
    "<%= config.bin %> psql -- -c 'select count(*) from live_track_points'",
  ]
  static override strict = false
  static override flags = {
    profile: connectionFlags.profile,
    'database-url': connectionFlags['database-url'],
  }

  async run(): Promise<ClientResult> {
    const {flags, words} = await this.split('psql', Psql)
    const settings = await this.settings(flags)
    const url = requireUrl(settings, 'databaseUrl')
    const {postgresClientEnv} = await import('../postgres/client-env.ts')
    const {findOnPath} = await import('../stack/on-path.ts')
    const command = findOnPath(['psql'], process.env)
    if (!command) {
      throw noClient(
        'psql',
        'install the client of Postgres: apt-get install postgresql-client, brew install libpq',
        'or use a client that takes a URL: eval "$(qtool env)" sets DATABASE_URL',
      )
    }
    return this.handOver(command, words, postgresClientEnv(url))
  }
}
