/** Who signs in: the same seven attribute values for everybody, in Signet and in plain samlify. */
export const PASSWORD = 'correct horse battery staple';

export interface BenchPerson {
  readonly userName: string;
  readonly email: string;
  readonly givenName: string;
  readonly surname: string;
  readonly displayName: string;
  readonly groups: readonly [string, string, string];
}

export function person(index: number): BenchPerson {
  const number = String(index).padStart(3, '0');
  return {
    userName: `person${number}`,
    email: `person${number}@example.com`,
    givenName: 'Maria',
    surname: `Keller ${number}`,
    displayName: `Maria Keller ${number}`,
    groups: ['Staff', 'Sales', 'Expense approvers'],
  };
}
