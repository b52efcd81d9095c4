"""Applications, from their submission to the one outcome each has: the states, places, the waiting list, the ledger.

`commands/transitions` has the conditional UPDATEs, `facts` what is known of an applicant (texts are sealed under their
key), `ledger` and `eligibility` the rules, pure. Accounts go on to count after the person is erased: an application is
then a bare count.
"""
