/** The claims there are while rules run: found by type, and growing. */
import type { Claim } from '../../model/claim.js';
import type { ClaimSet } from '../explanation.js';

export interface GrowingClaimSet extends ClaimSet {
  /** In the order in which they came. */
  ofTypeAndValue(type: string, value: string): readonly Claim[];
  /** Puts a claim at the end unless the same one is there; gives the one that is there now. */
  add(claim: Claim): Claim;
  /** How many claims add() has compared so far. */
  compared(): number;
}

/** When two claims of one type and value are the same. */
type Same = (a: Claim, b: Claim) => boolean;

/** Claims of one type; those of each value are told apart when somebody asks, or adds one. */
interface OneType {
  readonly claims: Claim[];
  byValue: Map<string, Claim[]> | undefined;
}

/**
 * Makes a set of the claims as they come; what is added later goes in once.
 * @param same identical in all six parts, unless given: no rule could tell the two apart
 */
export function createClaimSet(claims: readonly Claim[], same: Same = identical): GrowingClaimSet {
  const all = [...claims];
  const types = new Map<string, OneType>();
  let compared = 0;
  const typeOf = (type: string): OneType => {
    const known = types.get(type);
    if (known !== undefined) return known;
    const made: OneType = { claims: [], byValue: undefined };
    types.set(type, made);
    return made;
  };
  for (const claim of all) typeOf(claim.type).claims.push(claim);
  return {
    all,
    ofType: (type) => types.get(type)?.claims ?? NONE,
    ofTypeAndValue: (type, value) => {
      const known = types.get(type);
      if (known === undefined) return NONE;
      known.byValue ??= indexed(known.claims);
      return known.byValue.get(value) ?? NONE;
    },
    add: (claim) => {
      const type = typeOf(claim.type);
      type.byValue ??= indexed(type.claims);
      const equals = type.byValue.get(claim.value);
      const place = equals?.findIndex((other) => other === claim || same(other, claim)) ?? NOWHERE;
      compared += place === NOWHERE ? (equals?.length ?? 0) : place + 1;
      const there = equals?.[place];
      if (there !== undefined) return there;
      all.push(claim);
      type.claims.push(claim);
      if (equals === undefined) type.byValue.set(claim.value, [claim]);
      else equals.push(claim);
      return claim;
    },
    compared: () => compared,
  };
}

const NONE: readonly Claim[] = [];
const NOWHERE = -1;

function indexed(claims: readonly Claim[]): Map<string, Claim[]> {
  const byValue = new Map<string, Claim[]>();
  for (const claim of claims) {
    const equals = byValue.get(claim.value);
    if (equals === undefined) byValue.set(claim.value, [claim]);
    else equals.push(claim);
  }
  return byValue;
}

/** Equal in what goes into a token (adfs.md 3): properties say how a claim leaves, not what it says. */
export function equal(a: Claim, b: Claim): boolean {
  return a.type === b.type && a.value === b.value && a.valueType === b.valueType && a.issuer === b.issuer && a.originalIssuer === b.originalIssuer;
}

function identical(a: Claim, b: Claim): boolean {
  return equal(a, b) && sameProperties(a.properties ?? {}, b.properties ?? {});
}

function sameProperties(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
