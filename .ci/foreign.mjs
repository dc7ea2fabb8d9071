// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// foreign.mjs [BUNDLE PUBLIC.pem]…: prints, pair by pair, whether the verifier of Sigstore accepts the
// bundle by this key; exits with 0 where it accepts all.
import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';

function verify(bundlePath, keyPath) {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, 'utf8')));
  const publicKey = createPublicKey(readFileSync(keyPath));
  const trust = toTrustMaterial({ certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] }, () => ({
    publicKey,
    validFor: () => true,
  }));
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0 }).verify(toSignedEntity(bundle));
}

const pairs = process.argv.slice(2);
for (let at = 0; at < pairs.length; at += 2) {
  let verdict = 'accept';
  try {
    verify(pairs[at], pairs[at + 1]);
  } catch (error) {
    verdict = 'reject';
    process.exitCode = 1;
    console.error(error.message);
  }
  console.log(verdict);
}
