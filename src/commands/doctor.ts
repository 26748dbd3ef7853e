import {Flags} from '@oclif/core'
import {DoctorCommand, FORMATS} from '../cli/doctor.ts'
import {connectionFlags, queueArg, queueFlag} from '../cli/shared-flags.ts'
import {watchFlags} from '../cli/watch.ts'
import type {Diagnosis} from '../doctor/diagnose.ts'

export default class Doctor extends DoctorCommand {
  static override summary = 'Say what is wrong with Redis, the queue and Postgres, and what mends it.'
  static override description = [
    'Reads both servers and the queue for about a second, and changes nothing. Each finding says what it is, what follows',
    'from it, and the command that mends it. Then it says what can be lost when a server dies. docs/doctor.md lists all',
    'checks.',
    '\n\n',
    'Exit code: 0 if nothing was found, 1 for warnings, 2 if something is critical. A check that could not be made, for',
    'example without a right, is shown and does not change it.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor -q orders --format nagios',
    '<%= config.bin %> doctor --bundle facts.json',
    '<%= config.bin %> doctor --from facts.json',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    table: Flags.string({summary: 'Table of the queue (default: that of its workers).', helpValue: 'NAME'}),
    ...watchFlags,
    format: Flags.option({options: FORMATS, default: 'text' as const})({
      summary: 'How to answer: nagios is one line with figures and details, prometheus a file of metrics.',
    }),
    bundle: Flags.string({
      summary: 'Also write the facts to this new file, without secrets and payloads.',
      helpValue: 'FILE',
      exclusive: ['watch', 'from'],
    }),
    from: Flags.string({
      summary: 'Judge the facts in this file of --bundle, made on any machine.',
      helpValue: 'FILE',
      exclusive: ['watch', 'queue', 'table', 'profile', 'redis-url', 'database-url'],
    }),
  }

  async run(): Promise<Diagnosis> {
    const {flags} = await this.parse(Doctor)
    const {examine, examineBundle, watchHealth} = await import('../operations/doctor.ts')
    const render = await this.renderer(flags.format)
    if (flags.watch) {
      const sources = await this.sources(await this.settings(flags), this.interruption(null))
      return this.show(flags, (views) => watchHealth(sources, views), render)
    }
    const diagnosis =
      flags.from === undefined
        ? await examine(await this.#now(flags), flags.bundle)
        : await examineBundle(flags.from)
    this.endWith(diagnosis)
    this.log(render(diagnosis))
    return diagnosis
  }

  async #now(flags: Parameters<Doctor['settings']>[0]) {
    return this.sources(await this.settings(flags), new AbortController().signal)
  }
}
