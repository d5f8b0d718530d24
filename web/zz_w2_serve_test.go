package web

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	"bytes"
	"image"
	"image/png"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
)

func serveCase(t *testing.T, s caseSite, port string, names map[string]claimstest.Member) {
	mux := http.NewServeMux()
	mux.HandleFunc("/as/{name}", func(w http.ResponseWriter, r *http.Request) {
		b, home := s.as(names[r.PathValue("name")])
		for k, v := range b.cookies {
			http.SetCookie(w, &http.Cookie{Name: k, Value: v, Path: "/", Secure: true, HttpOnly: true})
		}
		http.Redirect(w, r, home, 303)
	})
	mux.Handle("/", s.handler.(http.Handler))
	l, err := net.Listen("tcp", "127.0.0.1:"+port)
	must(t, err)
	go http.Serve(l, mux)
}

func TestW2Serve(t *testing.T) {
	if os.Getenv("W2SERVE") == "" {
		t.Skip()
	}
	c := claimstest.Of(t, "zoom")
	c.Damaged = true
	s := siteOver(t, c, "http://localhost:8098")
	flat := c.JoinWith(5, claims.Flat)
	perc := c.JoinWith(2, claims.Percentage)
	names := map[string]claimstest.Member{"flat": flat[0], "open": flat[1], "paid": flat[2], "left": flat[3], "failed": flat[4], "perc": perc[0], "files": perc[1]}
	_, err := c.Claims.Prepay(c.Ctx(), c.Claim, c.Participation(flat[1]), "nl", "http://localhost:8098/nl/mijn/"+flat[1].Ref+"/betaling")
	must(t, err)
	c.Prepay(flat[2])
	c.Prepay(flat[3])
	must(t, c.Claims.Leave(c.Ctx(), audit.Participant(flat[3].ParticipantID), c.Participation(flat[3])))
	pre, err := c.Claims.Prepay(c.Ctx(), c.Claim, c.Participation(flat[4]), "nl", "http://x")
	must(t, err)
	must(t, c.Mollie.Set(*pre.ProviderID, "failed"))
	must(t, c.Claims.PrepaymentChanged(c.Ctx(), *pre.ProviderID))
	var b bytes.Buffer
	png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 400, 300)))
	o := claims.Owner{ParticipationID: perc[1].ParticipationID}
	by := audit.Participant(perc[1].ParticipantID)
	e, err := c.Claims.AttachFile(c.Ctx(), by, o, "Schermafdruk van de uitnodiging voor de les van 12 maart 2020 definitief.png", &b)
	must(t, err)
	_, err = c.Claims.AttachFile(c.Ctx(), by, o, "factuur.pdf", bytes.NewReader(append(append([]byte{}, claimstest.ProofPDF...), ' ')))
	must(t, err)
	_, err = c.Claims.AttachStatement(c.Ctx(), by, o, "Ik gebruikte het in 2020 elke week.")
	must(t, err)
	must(t, c.Claims.Retract(c.Ctx(), by, o, e.Ref))
	must(t, s.people.GiveConsent(c.Ctx(), by, o.ParticipationID, "newsletter", func() int64 { tx, _ := c.Claims.Texts(c.Ctx(), c.Claim.ID, "nl"); return tx["consent_newsletter"].ID }()))
	_, err = c.Claims.View(c.Ctx(), claimstest.Lawyer, c.Claim.ID, perc[1].Number, "Vraag per telefoon")
	must(t, err)
	_, err = c.Claims.PublishNews(c.Ctx(), claimstest.Lawyer, c.Claim.ID, claims.NewsItem{TitleNL: "Al 10.000 deelnemers", TitleEN: "10,000 people", BodyNL: "Wij zijn met veel.\n\nDe brief gaat binnenkort weg.", BodyEN: "Many.", RequestID: "x"})
	must(t, err)
	serveCase(t, s, "8098", names)

	d := claimstest.Of(t, "fitband")
	d.Damaged = true
	s2 := siteOver(t, d, "http://localhost:8097")
	m := d.JoinWith(4, claims.Flat)
	m = append(m, d.JoinWith(3, claims.Percentage)...)
	d.Prepay(m[0])
	n2 := map[string]claimstest.Member{"prepaid": m[0], "pending": m[1], "payable": m[2], "changed": m[3], "returned": m[4], "paid": m[5], "sent": m[6]}
	l := d.Send()
	late := d.JoinWith(1, claims.Flat)
	n2["late"] = late[0]
	d.Watch.Advance(24 * time.Hour)
	d.Arrive(l.Ordinal)
	d.Settle(7 * 23457)
	d.Receive(7 * 23457)
	d.Distribute()
	d.Accounts(m[4], m[5])
	run := d.Release()
	d.Bank(d.Carried(run)...)
	d.Bank(d.Back(m[4], "AC04"))
	d.Accounts(m[6])
	d.Release()
	d.Accounts(m[2], m[3])
	d.Watch.Advance(time.Hour)
	m[3].Person.IBAN = m[0].Person.IBAN
	d.Accounts(m[3])
	serveCase(t, s2, "8097", n2)
	fmt.Println("ready")
	if strings.HasPrefix(os.Getenv("W2SERVE"), "x") { return }
	time.Sleep(50 * time.Minute)
}
