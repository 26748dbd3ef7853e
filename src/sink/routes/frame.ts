import {ONLY_ROUTE_KEY} from '../../config/route-mark.ts'
import {cutsOf, textWithout} from '../../json/cut.ts'
import {hasKeyOf} from '../../json/member.ts'
import {JsonScanner} from '../../json/scanner.ts'
import type {Frame} from '../decode/finding.ts'
import {type Found, type Holder, outsideOf} from './holder.ts'
import type {Keep} from './keep.ts'

/** It reads what was checked before, and nobody needs it beyond one call. */
const scanner = new JsonScanner()

/**
 * What makes an item of one record, so that the same route finds it again. Of what is around it, only that is kept from
 * which its table takes values, without members that other routes take and that its table does not use.
 */
export function frameOf(bytes: Buffer, found: Found, keep: Keep): Frame {
  let [before, after] = bracketed(found, [EMPTY, EMPTY])
  const isWanted = ({of}: Found) => of.node !== undefined || hasOutside(found, keep)
  for (let at: Found | undefined = found; at && isWanted(at); at = at.of.by) {
    const isParent = at === found
    const [left, right] = isKept(at, isParent, keep) ? around(bytes, at, isParent, keep) : bare(at)
    ;[before, after] = [Buffer.concat([left, before]), Buffer.concat([after, right])]
    const {by} = at.of
    if (by && isWanted(by)) [before, after] = bracketed(by, [before, after])
  }
  return {before, after}
}

/** Whether what is around an item that `--records` has found is needed, too. */
export function hasOutside(found: Found, keep: Keep): boolean {
  const isOutside = outsideOf(found) !== undefined
  return isOutside && (keep.envelope !== undefined || (keep.parent !== undefined && !found.of.node))
}

const [EMPTY, OPENING, CLOSING] = ['', '[', ']'].map((text) => Buffer.from(text))

function bracketed({isList}: Found, [before, after]: [Buffer, Buffer]): [Buffer, Buffer] {
  return isList ? [Buffer.concat([OPENING, before]), Buffer.concat([after, CLOSING])] : [before, after]
}

function bare({key}: Found): [Buffer, Buffer] {
  return [Buffer.from(`{${JSON.stringify(key)}:`), Buffer.from('}')]
}

function isKept({of}: Found, isParent: boolean, keep: Keep): boolean {
  return (isParent && keep.parent !== undefined) || (keep.envelope !== undefined && !isInList(of))
}

/** Of lists, a dead letter has only what leads to its record. */
function isInList({by}: Holder): boolean {
  return by !== undefined && (by.isList || isInList(by.of))
}

type Sides = [left: Buffer, right: Buffer]

/** Lists in a list are found by the same value, and the object that holds it may be as large as the item. */
const known = new WeakMap<Found, Array<{keep: Keep; isParent: boolean; sides: Sides}>>()

/** The rest of the object on both sides of a value. */
function around(bytes: Buffer, found: Found, isParent: boolean, keep: Keep): Sides {
  const all = known.get(found) ?? []
  known.set(found, all)
  const same = all.find((one) => one.keep === keep && one.isParent === isParent)
  if (same) return same.sides
  const sides = sidesOf(bytes, found, isParent, keep)
  all.push({keep, isParent, sides})
  return sides
}

function sidesOf(bytes: Buffer, {start, end, of}: Found, isParent: boolean, keep: Keep): Sides {
  scanner.open(bytes, of.end)
  scanner.object(of.start, 0)
  const isItem = of.by === undefined
  // What lies between the item and the parent may be used at any depth
  const isWhole = !isItem && keep.envelope !== undefined && !isInList(of)
  const isUsed = (key: string) =>
    isWhole || (isParent && keep.parent?.has(key)) || (isItem && keep.envelope?.has(key))
  const others = (of.node?.elsewhere ?? []).filter((key) => !isUsed(String(key)))
  const unused = isItem ? [...others, ONLY_ROUTE_KEY] : others
  const cuts = cutsOf(
    scanner,
    (i) => scanner.valueStart[i] !== start && unused.some((key) => hasKeyOf(scanner, bytes, i, key)),
  )
  return [
    textWithout(bytes, {start: of.start, end: start}, cuts),
    textWithout(bytes, {start: end, end: of.end}, cuts),
  ]
}
