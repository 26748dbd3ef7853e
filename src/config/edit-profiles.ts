import {usageError} from '../errors.ts'
import type {Profile, ProfileBook} from './profile.ts'
import {assertProfileName, findProfile, readProfiles, writeProfiles} from './profiles.ts'

/** Adds a profile. @throws QtoolError (usage) if the name is taken, unless `replace` */
export async function addProfile(path: string, profile: Profile, options: {replace: boolean}): Promise<void> {
  assertProfileName(profile.name)
  const book = await readProfiles(path)
  const others = book.profiles.filter((known) => known.name !== profile.name)
  if (others.length < book.profiles.length && !options.replace) {
    throw usageError(`profile "${profile.name}" already exists`, 'add --replace to overwrite it')
  }
  const profiles = [...others, profile].sort((a, b) => a.name.localeCompare(b.name))
  await writeProfiles(path, {...book, profiles})
}

/** Makes a profile the default. */
export async function selectProfile(path: string, name: string): Promise<Profile> {
  const book = await readProfiles(path)
  const profile = findProfile(book, name)
  await writeProfiles(path, {...book, current: name})
  return profile
}

/** Removes a profile; if it was the default, there is none afterwards. */
export async function removeProfile(path: string, name: string): Promise<ProfileBook> {
  const book = await readProfiles(path)
  findProfile(book, name)
  const current = book.current === name ? undefined : book.current
  const left = {current, profiles: book.profiles.filter((profile) => profile.name !== name)}
  await writeProfiles(path, left)
  return left
}
