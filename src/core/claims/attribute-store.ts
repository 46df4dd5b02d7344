/** Attribute stores: where rules look things up (issue(store = …)). */
import type { Person } from '../model/person.js';

/** One question of a rule. */
export interface StoreQuestion {
  /** As in the rule: {0}, {1}, … stand for the parameters. */
  readonly query: string;
  readonly params: readonly string[];
  /** How many values a row has. */
  readonly columns: number;
  /** Who signs on, and where to. */
  readonly about: StoreSubject;
}

export interface StoreSubject {
  readonly person: Person;
  /** Entity id; a name that a store makes is for this application only. Undefined in acceptance rules, which are for none. */
  readonly relyingParty: string | undefined;
}

/** A value of one column; undefined makes no claim. */
export type StoreRow = readonly (string | undefined)[];

export interface AttributeStore {
  /**
   * The rows, each with as many values as columns were asked for. No row is no error. Rejects with a SignetError:
   * `unavailable` when it cannot be reached in time, `invalid_input` when it cannot be asked like that; the message names
   * the reason and holds no secret.
   */
  ask(question: StoreQuestion): Promise<readonly StoreRow[]>;
}

/** The stores of this installation, by the names rules call them, without regard to case. */
export interface AttributeStores {
  find(name: string): AttributeStore | undefined;
}

/** How a rule asks a store, as far as its text says. */
export interface AskedQuestion {
  /** With {0}, {1}, … for the parameters, and for whatever the rule puts into it when it runs. */
  readonly query: string;
  readonly columns: number;
  readonly params: number;
}

/** What is checked when a rule set is saved. */
export interface StoreCatalogue {
  readonly names: readonly string[];
  /** What is wrong with how a rule asks a store, as a sentence part; undefined when nothing is. */
  check(name: string, question: AskedQuestion): StoreProblem | undefined;
}

export interface StoreProblem {
  /** `error` refuses the rule; `note` is worth knowing. */
  readonly level: 'error' | 'note';
  readonly sentence: string;
}

/** A store that every installation has. */
export interface BuiltInStore {
  readonly name: string;
  readonly store: AttributeStore;
  readonly check: (question: AskedQuestion) => StoreProblem | undefined;
}

/** The names of the stores of AD FS that every installation has, whatever an administrator registered beside them. */
export const BUILT_IN_STORES: readonly string[] = ['Active Directory', '_OpaqueIdStore', '_PasswordExpiryStore', '_ProxyCredentialStore'];
