// Package oidc is the office's single sign-on by OpenID Connect.
//
//	Start --browser--> provider --browser--> Finish --> routing.Person + routing.Proof
//	Proof --Renew--> Person and the next Proof, every few minutes
//	log-out: Leave (by the browser), Ended (told by the provider behind its back)
//
// Decisions:
//   - Authorization code with PKCE, state and nonce. What the browser must bring
//     back travels in a sealed ticket, so that strangers at the log-in page write
//     nothing into the ledger.
//   - A proof is sealed with a key that is made of the client's secret: who reads
//     the ledger, or a copy of it, cannot ask the provider for anything.
//   - Renew takes the refresh token, or without one the user info by the access
//     token, and ends the log-in when the provider refuses. Groups are read anew
//     each time. A provider that does not answer is no refusal.
//   - offline_access is not asked for by default: such tokens outlive the log-in
//     at the provider.
//   - A provider that leaves groups out because they are too many is refused:
//     half the groups would be other rights.
package oidc
