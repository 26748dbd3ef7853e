import {QtoolCommand} from '../../cli/command.ts'
import type {Profile} from '../../config/profile.ts'
import {profilePath, readProfiles} from '../../config/profiles.ts'

interface ProfilesListResult {
  current: string | null
  profiles: Profile[]
}

export default class ProfilesList extends QtoolCommand<ProfilesListResult> {
  static override summary = 'List the profiles; * marks the default.'
  static override examples = ['<%= config.bin %> profiles list']

  async run(): Promise<ProfilesListResult> {
    await this.parse(ProfilesList)
    const {maskProfile, renderProfiles} = await import('../../render/profiles.ts')
    const book = await readProfiles(profilePath(process.env))
    const current = book.current ?? null
    const profiles = book.profiles.map(maskProfile)
    this.log(renderProfiles(profiles, current))
    return {current, profiles}
  }
}
