package claims_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"samenclaim/claims/claimstest"
	"samenclaim/participants"
	"samenclaim/payments"
)

// toPay is a case with n people who can be paid.
func toPay(t *testing.T, n int) (*claimstest.Case, []claimstest.Member) {
	t.Helper()
	c, members := settled(t, payments.Cents(20_000*n), 0, n)
	c.Distribute()
	c.Accounts(members...)
	return c, members
}

func endToEnd(c *claimstest.Case, m claimstest.Member) string {
	return claimstest.One[string](c, `SELECT end_to_end_id FROM payouts WHERE participation_id = $1 ORDER BY id DESC LIMIT 1`, c.Participation(m).ID)
}

// status is a report of a bank on the first file of a run.
func status(c *claimstest.Case, run payments.Run, id string, items ...string) []byte {
	message := claimstest.One[string](c, `SELECT message_id FROM payout_files WHERE run_id = $1 AND part = 1`, run.ID)
	var b strings.Builder
	fmt.Fprintf(&b, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>%s</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId>`, id, message, message)
	for _, it := range items {
		key, code, _ := strings.Cut(it, " ")
		fmt.Fprintf(&b, `<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>%s</Cd></Rsn></StsRsnInf></TxInfAndSts>`, key, code)
	}
	b.WriteString(`</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`)
	return []byte(b.String())
}

// Of those that the bank rejects, who can mend it is asked for another account; what a person must look at is held, without a mail.
func TestRejectionsByReason(t *testing.T) {
	t.Parallel()
	c, members := toPay(t, 4)
	run := c.Release()
	out, err := c.Claims.ReadReport(t.Context(), claimstest.Accountant, run.ID,
		status(c, run, "S1", endToEnd(c, members[0])+" AC04", endToEnd(c, members[1])+" MD07", endToEnd(c, members[2])+" TM01"))
	if err != nil || len(out.Rejected) != 3 {
		t.Fatalf("rejected = %+v, %v", out, err)
	}
	for i, want := range []struct {
		status participants.Status
		mails  int
		holds  int
	}{{participants.PayeePending, 1, 0}, {participants.Payable, 0, 1}, {participants.Payable, 0, 0}, {participants.InRun, 0, 0}} {
		p := c.Participation(members[i])
		mails := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'payout_returned' AND participant_id = $1`, members[i].ParticipantID)
		holds := claimstest.One[int](c, `SELECT count(*) FROM payout_holds WHERE kind = 'bank' AND participation_id = $1`, p.ID)
		if p.Status != want.status || mails != want.mails || holds != want.holds {
			t.Errorf("person %d: %s, %d mails, %d holds, want %+v", i, p.Status, mails, holds, want)
		}
	}
	next, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil || next.ItemCount != 1 {
		t.Errorf("next run of %d, %v, want the one that was too late", next.ItemCount, err)
	}
}

func TestAReturnAfterADeathMailsNobody(t *testing.T) {
	t.Parallel()
	c, members := toPay(t, 2)
	run := c.Release()
	c.Bank(c.Carried(run)...)
	c.Bank(c.Back(members[0], "MD07"), c.Back(members[1], "AC01"))
	for i, want := range []int{0, 1} {
		if got := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'payout_returned' AND participant_id = $1`, members[i].ParticipantID); got != want {
			t.Errorf("person %d got %d mails about the return, want %d", i, got, want)
		}
	}
	c.Stand(members[0], participants.Payable)
	c.Stand(members[1], participants.PayeePending)
	if p, err := c.Claims.RunPreview(t.Context(), c.Claim.ID); err != nil || p.Payable != 0 {
		t.Errorf("%d can be paid, %v, want nobody", p.Payable, err)
	}
}

func TestPeopleAreTakenOutOfARun(t *testing.T) {
	t.Parallel()
	c, members := toPay(t, 3)
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, run.TotalCents); err != nil {
		t.Fatal(err)
	}
	must(t, c.Claims.NotMe(t.Context(), members[0].ParticipantID)) // their money is held
	late := c.Participation(members[2])
	next, err := c.Claims.TakeOut(t.Context(), claimstest.Accountant, run.ID, []string{members[1].Number})
	if err != nil || next.ItemCount != 1 || next.Replaces == nil {
		t.Fatalf("what is left = %+v, %v, want one", next, err)
	}
	if got := claimstest.One[int64](c, `SELECT participation_id FROM payouts WHERE run_id = $1`, next.ID); got != late.ID {
		t.Errorf("left is %d, want %d", got, late.ID)
	}
	if err := c.Claims.ReleaseRun(t.Context(), claimstest.Board2, next.ID, next.TotalCents); !errors.Is(err, payments.ErrWrongState) {
		t.Errorf("released without a new approval = %v, want %v", err, payments.ErrWrongState)
	}
	if err := c.Claims.ApproveRun(t.Context(), claimstest.Accountant, next.ID, next.TotalCents); !errors.Is(err, payments.ErrSamePerson) {
		t.Errorf("approved by who took out = %v, want %v", err, payments.ErrSamePerson)
	}
	must(t, c.Claims.ApproveRun(t.Context(), claimstest.Board, next.ID, next.TotalCents))
	must(t, c.Claims.ReleaseRun(t.Context(), claimstest.Board2, next.ID, next.TotalCents))
	if _, err := c.Claims.TakeOut(t.Context(), claimstest.Accountant, next.ID, nil); !errors.Is(err, payments.ErrWrongState) {
		t.Errorf("taken out of a released run = %v, want %v", err, payments.ErrWrongState)
	}
	other, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil || other.ItemCount != 1 {
		t.Errorf("another run of %d, %v, want the one that was named", other.ItemCount, err)
	}
}

func TestTakingOutEightTimesAtOnceMakesOneRun(t *testing.T) {
	t.Parallel()
	c, members := toPay(t, 3)
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil {
		t.Fatal(err)
	}
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.TakeOut(c.Ctx(), claimstest.Accountant, run.ID, []string{members[0].Number})
		return err
	}, payments.ErrWrongState)
	if ends[nil] != 1 || ends[payments.ErrWrongState] != 7 {
		t.Errorf("ends = %v, want one done and seven refused", ends)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM payouts WHERE status = 'planned'`); n != 2 {
		t.Errorf("%d planned payouts, want 2", n)
	}
}

// A changed row of a run that is being released is refused and stands as an alarm.
func TestReleasingWhatWasChangedIsAnAlarm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, change string }{
		{"an amount", `UPDATE payouts SET amount_cents = amount_cents + 1 WHERE id = (SELECT min(id) FROM payouts)`},
		{"an account", `UPDATE payouts SET payee_account_id = (SELECT max(payee_account_id) FROM payouts)`},
		{"a file", `UPDATE payout_files SET sha256 = sha256('x')`},
		{"the total everywhere but in the file", `UPDATE payout_files SET total_cents = total_cents + 1; UPDATE payout_runs SET total_cents = total_cents + 1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := toPay(t, 2)
			c.Damaged = true
			run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
			must(t, err)
			must(t, c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, run.TotalCents))
			_, err = c.Owner(t).Exec(t.Context(), `SET session_replication_role = replica; `+tt.change+`; RESET session_replication_role`)
			must(t, err)
			total := payments.Cents(claimstest.One[int64](c, `SELECT total_cents FROM payout_runs`))
			for range 2 {
				if err := c.Claims.ReleaseRun(t.Context(), claimstest.Board2, run.ID, total); !errors.Is(err, payments.ErrTampered) && !errors.Is(err, payments.ErrPayee) {
					t.Errorf("released = %v, want it refused", err)
				}
			}
			alarms, err := c.Claims.MoneyAlarms(t.Context())
			if err != nil || len(alarms) != 1 || alarms[0].During != payments.AlarmRelease {
				t.Errorf("alarms = %+v, %v, want one", alarms, err)
			}
			if got := claimstest.One[string](c, `SELECT status FROM payout_runs`); got != payments.RunApproved {
				t.Errorf("the run is %s, want %s", got, payments.RunApproved)
			}
		})
	}
}

func TestTheNightFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	c, _ := toPay(t, 2)
	c.Damaged = true
	c.Release()
	must(t, c.Claims.CheckRunFiles(t.Context()))
	if alarms, err := c.Claims.MoneyAlarms(t.Context()); err != nil || len(alarms) != 0 {
		t.Fatalf("alarms of a sound run = %+v, %v", alarms, err)
	}
	_, err := c.Owner(t).Exec(t.Context(), `SET session_replication_role = replica; UPDATE payouts SET amount_cents = amount_cents + 1; RESET session_replication_role`)
	must(t, err)
	must(t, c.Claims.CheckRunFiles(t.Context()))
	if alarms, err := c.Claims.MoneyAlarms(t.Context()); err != nil || len(alarms) != 1 || alarms[0].During != payments.AlarmNight {
		t.Errorf("alarms = %+v, %v, want one", alarms, err)
	}
}
