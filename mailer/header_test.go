package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"samenclaim/mailer/mailtest"
)

// ourHeaders are the names in the head of every mail; a newsletter has two more.
var ourHeaders = []string{"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

// TestMailHeader sends every attack as a value. Whatever is not refused at the
// door reaches one recipient, in a mail with our headers and no others.
func TestMailHeader(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	sent := 0
	for i, attack := range headerAttacks() {
		to := fmt.Sprintf("jan%d@deelnemer.example", i)
		for key, m := range map[string]Mail{
			"name":   {Template: "welcome", Data: map[string]string{"Name": attack, "Number": "ZM-1", "Ref": "A"}},
			"number": {Template: "welcome", Data: map[string]string{"Name": "Jan", "Number": attack, "Ref": "A"}},
			"title":  {Template: "newsletter", Data: map[string]string{"Title": attack, "Body": attack, "Subscription": full["Subscription"]}},
		} {
			m.Key, m.To, m.Lang = fmt.Sprintf("%s:%d", key, i), to, "nl"
			err := p.DB.Transaction(func(tx *gorm.DB) error { return Enqueue(t.Context(), tx, m) })
			switch {
			case err == nil:
				sent++
			case !errors.Is(err, ErrBadMail):
				t.Errorf("%q as %s = %v", attack, key, err)
			}
		}
	}
	p.drain(t)
	got := p.sink.Messages(mailtest.Filter{}, 1000)
	if len(got) != sent || sent < 30 {
		t.Errorf("%d mails arrived of %d that were taken, want all", len(got), sent)
	}
	for _, m := range got {
		if !strings.HasPrefix(m.To, "jan") || !strings.HasSuffix(m.To, "@deelnemer.example") || m.Header.Get("To") != "<"+m.To+">" {
			t.Errorf("a mail went to %q, its head says %q", m.To, m.Header.Get("To"))
		}
		checkHead(t, m)
	}
}

// checkHead expects our headers, each once, and a subject of ours.
func checkHead(t *testing.T, m mailtest.Message) {
	t.Helper()
	read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	want := ourHeaders
	if m.Subject == "Nieuwsbrief" {
		want = slices.Sorted(slices.Values(append([]string{"List-Unsubscribe", "List-Unsubscribe-Post"}, ourHeaders...)))
	} else if m.Subject != "U doet mee" {
		t.Errorf("a mail has the subject %q", m.Subject)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(read.Header))); diff != "" {
		t.Errorf("headers of a mail to %s (-want +got):\n%s", m.To, diff)
	}
	for name, values := range read.Header {
		if len(values) != 1 {
			t.Errorf("the header %s stands %d times in a mail to %s", name, len(values), m.To)
		}
	}
}

// TestOnlyTheNewsletterIsUnsubscribedFromWithOnePress sends every mail and
// looks for the two headers of RFC 8058.
func TestOnlyTheNewsletterIsUnsubscribedFromWithOnePress(t *testing.T) {
	t.Parallel()
	p := newPost(t, DrainOptions{})
	for _, name := range Templates() {
		enqueue(t, p.DB, Mail{Key: name, To: strings.ReplaceAll(name, "_", "-") + "@deelnemer.example", Lang: "en", Template: name, Data: most(name)})
	}
	p.drain(t)
	got := p.sink.Messages(mailtest.Filter{}, 1000)
	if len(got) != len(Templates()) {
		t.Errorf("%d mails arrived, want %d", len(got), len(Templates()))
	}
	for _, m := range got {
		link, post := m.Header.Get("List-Unsubscribe"), m.Header.Get("List-Unsubscribe-Post")
		wantLink, wantPost := "", ""
		if strings.HasPrefix(m.To, "newsletter@") {
			wantLink, wantPost = "<https://claim.example/en/afmelden/"+full["Subscription"]+">", "List-Unsubscribe=One-Click"
		}
		if link != wantLink || post != wantPost {
			t.Errorf("%s: List-Unsubscribe = %q, %q, want %q, %q", m.To, link, post, wantLink, wantPost)
		}
	}
}
