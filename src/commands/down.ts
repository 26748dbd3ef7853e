import {Flags} from '@oclif/core'
import {QtoolCommand} from '../cli/command.ts'
import type {DownResult} from '../stack/down.ts'

export default class Down extends QtoolCommand<DownResult> {
  static override summary = 'Stop the local Redis and Postgres.'
  static override description = 'Data is kept for the next "qtool up" unless --purge removes it.'
  static override examples = ['<%= config.bin %> down', '<%= config.bin %> down --purge --yes']
  static override flags = {
    purge: Flags.boolean({summary: 'Remove the data too.'}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  }

  async run(): Promise<DownResult> {
    const {flags} = await this.parse(Down)
    const {dataFolders, down} = await import('../stack/down.ts')
    const folders = flags.purge ? dataFolders(process.env) : []
    if (folders.length > 0) await this.confirm(`this removes ${await this.#describe(folders)}`, flags)
    const result = await this.withProgress({doing: 'stopping the local stack'}, () =>
      down(process.env, {purge: flags.purge}),
    )
    const {renderDown} = await import('../render/stack.ts')
    this.log(renderDown(result))
    return result
  }

  async #describe(folders: string[]): Promise<string> {
    const {folderBytes} = await import('../stack/view.ts')
    const {bytes} = await import('../render/format.ts')
    const parts = folders.map(async (folder) => `${folder} (${bytes(await folderBytes(folder))})`)
    return (await Promise.all(parts)).join(' and ')
  }
}
