/** Do the methods of a sign-in amount to more than one factor (RFC 8176 2)? */

/** What somebody knows, has, or is. Methods that are none of it (geo, rba, user, mca) prove nothing by themselves. */
const KIND: ReadonlyMap<string, 'knows' | 'has' | 'is'> = new Map([
  ...['pwd', 'pin', 'kba', 'wia'].map((method) => [method, 'knows'] as const),
  ...['otp', 'hwk', 'swk', 'pop', 'sc', 'sms', 'tel'].map((method) => [method, 'has'] as const),
  ...['face', 'fpt', 'iris', 'retina', 'vbm'].map((method) => [method, 'is'] as const),
]);

/** RFC 8176: says that several factors were used, whichever. */
export const MULTIPLE_FACTORS = 'mfa';

/** @param methods amr values: two of different kinds, or `mfa`, which says it of itself */
export function hasSecondFactor(methods: readonly string[]): boolean {
  if (methods.length < 2) return methods[0] === MULTIPLE_FACTORS;
  const kinds = new Set(methods.flatMap((method) => KIND.get(method) ?? []));
  return methods.includes(MULTIPLE_FACTORS) || kinds.size > 1;
}
