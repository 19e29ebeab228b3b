/** Addresses that are counted together, because one person may have all of them. */
export interface IpNetwork {
  name: string;
  /** How many times the tries of one address it may have: other users may be in it, too. */
  factor: number;
}

/** How many tries of one kind are allowed in a window of time that begins with the first of them. */
export interface RateLimitWindow {
  tries: number;
  perSeconds: number;
}

/**
 * Which tries are counted together. The short window makes a user who mistypes wait for seconds; the long one slows down an
 * attacker who goes on. Both end by themselves, so that no attacker can lock a user out (ASVS 6.3.1, 6.3.5).
 */
export interface RateLimitRules {
  /** Wrong passwords for one account from one address. */
  pair: readonly RateLimitWindow[];
  /** Wrong passwords for one account from a device that has logged in to it before, from any address. */
  device: readonly RateLimitWindow[];
  /** Wrong passwords for one account from all unknown devices together. */
  account: readonly RateLimitWindow[];
  /** Wrong passwords from one address, whatever the account. */
  address: readonly RateLimitWindow[];
  /** New accounts from one address. */
  registration: readonly RateLimitWindow[];
  /** Emails requested without a login from one IP address, for any email address. */
  mail: readonly RateLimitWindow[];
  /** Wrong passwords in one session at a step-up. */
  proof: readonly RateLimitWindow[];
  /** The same in all sessions of one user together. More than one session has, so that one session cannot use it up. */
  userProof: readonly RateLimitWindow[];
  /** Wrong responses for the second factor of one account, from all unknown devices together. */
  secondFactor: readonly RateLimitWindow[];
}

export type RateLimitScope = keyof RateLimitRules;

/** One counter: the tries of one id under one scope. */
export interface RateLimitKey {
  scope: RateLimitScope;
  /** A hash: it does not reveal the account or the address. */
  id: string;
  /** By what the limit of the rule is multiplied; see `IpNetwork`. */
  factor: number;
}
