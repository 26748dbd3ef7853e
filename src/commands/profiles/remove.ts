import {Args, Flags} from '@oclif/core'
import {QtoolCommand} from '../../cli/command.ts'
import {removeProfile} from '../../config/edit-profiles.ts'
import {findProfile, profilePath, readProfiles} from '../../config/profiles.ts'

interface ProfilesRemoveResult {
  removed: string
  current: string | null
}

export default class ProfilesRemove extends QtoolCommand<ProfilesRemoveResult> {
  static override summary = 'Remove a profile.'
  static override examples = ['<%= config.bin %> profiles remove staging --yes']
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'Name of the profile.'}),
  }
  static override flags = {yes: Flags.boolean({char: 'y', summary: 'Do not ask.'})}

  async run(): Promise<ProfilesRemoveResult> {
    const {args, flags} = await this.parse(ProfilesRemove)
    const path = profilePath(process.env)
    findProfile(await readProfiles(path), args.name)
    await this.confirm(`this removes profile ${args.name}`, flags)
    const book = await removeProfile(path, args.name)
    this.log(`removed profile ${args.name}`)
    return {removed: args.name, current: book.current ?? null}
  }
}
