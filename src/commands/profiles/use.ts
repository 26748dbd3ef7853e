import {Args} from '@oclif/core'
import {QtoolCommand} from '../../cli/command.ts'
import {selectProfile} from '../../config/edit-profiles.ts'
import {profilePath} from '../../config/profiles.ts'

interface ProfilesUseResult {
  current: string
}

export default class ProfilesUse extends QtoolCommand<ProfilesUseResult> {
  static override summary = 'Make a profile the default.'
  static override examples = ['<%= config.bin %> profiles use staging']
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'Name of the profile.'}),
  }

  async run(): Promise<ProfilesUseResult> {
    const {args} = await this.parse(ProfilesUse)
    const {name, mode} = await selectProfile(profilePath(process.env), args.name)
    this.log(`using profile ${name}`)
    if (mode === 'production') this.note(`it is production: commands that write need --profile ${name}`)
    return {current: name}
  }
}
