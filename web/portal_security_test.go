package web

import (
	"fmt"
	"regexp"
	"testing"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

func TestNotMeEndsEveryLoginAndStaffLetMoneyGoAgain(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 2, claims.Flat, 46914)
	here, home := s.as(members[0])
	s.Exec(`INSERT INTO logins (ref, participant_id, browser, created_at, last_seen_at) VALUES ('elsewhere', ?, 'Firefox', ?, ?)`, members[0].ParticipantID, s.Watch.Now(), s.Watch.Now())
	stranger, theirs := s.as(members[1])
	values := form(here.get(home+"/veiligheid").want(200, "Dit bent u nu", "Log uit in Firefox"))
	end := regexp.MustCompile(home + `/veiligheid/\d+/uit`).FindString(here.get(home + "/veiligheid").Body)
	away := form(stranger.get(theirs + "/veiligheid"))
	stranger.send(end, away).want(404)
	stranger.send(home+"/veiligheid/niet-ik", away).want(404)
	for range 2 { // twice is once
		here.send(end, values).goes(home + "/veiligheid")
	}
	if n := s.count(t, `SELECT count(*) FROM logins WHERE participant_id = $1 AND ended_at IS NULL`, members[0].ParticipantID); n != 1 {
		t.Errorf("%d log-ins are open, want only this one", n)
	}
	here.send(home+"/veiligheid/niet-ik", values).goes("/nl/mijn/inloggen?uit=ja")
	if p := here.get(home); !p.toLogin() {
		t.Errorf("after 'this was not me' the case still opens: %d", p.Status)
	}
	s.relogin(here, members[0])
	here.get(home+"/veiligheid").want(200, "Uw uitbetaling staat stil")

	o := officeOf(t, s.Case)
	page := "/nl/beheer/zoom/deelname/" + members[0].Number
	var id int64
	must(t, s.pool.QueryRow(t.Context(), `SELECT id FROM payout_holds WHERE participation_id = $1`, members[0].ParticipationID).Scan(&id))
	lift := fmt.Sprintf("%s/stil/%d", page, id)
	o.accountant.send(lift, form(o.accountant.get("/nl/beheer"), "reason", "called")).want(403)
	desk := o.member(t, staff.Privacy)
	values = form(desk.get(page).want(200, "Uitbetaling staat stil", "Geef de uitbetaling vrij"), "reason", "because")
	desk.send(lift, values).want(422, "Kies waarom")
	values.Set("reason", "called")
	for status, n := range desk.eightAtOnce(lift, values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action = 'hold.lifted'`); n != 1 {
		t.Errorf("lifted %d times in the log, want once", n)
	}
	here.get(home+"/veiligheid").want(200, "Waar u bent ingelogd")
}
