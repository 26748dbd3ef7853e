import {Args} from '@oclif/core'
import {QtoolCommand} from '../../cli/command.ts'
import type {Profile} from '../../config/profile.ts'
import {findProfile, profilePath, readProfiles} from '../../config/profiles.ts'

export default class ProfilesShow extends QtoolCommand<Profile> {
  static override summary = 'Show one profile, with its passwords masked.'
  static override examples = ['<%= config.bin %> profiles show staging']
  static override args = {
    name: Args.string({required: true, ignoreStdin: true, description: 'Name of the profile.'}),
  }

  async run(): Promise<Profile> {
    const {args} = await this.parse(ProfilesShow)
    const {maskProfile, renderProfile} = await import('../../render/profiles.ts')
    const profile = maskProfile(findProfile(await readProfiles(profilePath(process.env)), args.name))
    this.log(renderProfile(profile))
    return profile
  }
}
