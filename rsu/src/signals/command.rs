//! What a controller has been asked to serve, whatever its protocol: who still waits for its word, and what it must let go of.
//!
//! Sans-IO. A wish ends when it is let go of, when the controller refuses it or says nothing for [`WORD_WITHIN_S`], when its
//! link is lost, and after [`LONGEST_S`] whatever else happens.

use std::collections::BTreeSet;

use super::Talk;
use crate::priority::{Command, Refusal};

/// How long the controller may take to answer, seconds.
pub const WORD_WITHIN_S: f64 = 1.0;
/// Longest that anything is held, seconds, if nobody lets go of it: a thread that hangs must not keep a street red. A longer
/// `[priority].max_presence_s` ends here.
pub const LONGEST_S: f64 = 300.0;

#[derive(Clone, Debug)]
struct Wish {
    number: u32,
    groups: Vec<u8>,
    /// When it was asked of us, uptime, seconds.
    since_s: f64,
    /// When the controller was first asked, uptime, seconds.
    asked_s: Option<f64>,
    answered: bool,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    wishes: Vec<Wish>,
}

impl Wishes {
    /// Takes a command to serve or to let go. `now_s`: uptime, seconds.
    pub fn take(&mut self, now_s: f64, command: &Command) {
        self.wishes.retain(|wish| wish.number != command.number);
        if command.serve {
            let (number, groups) = (command.number, command.groups.clone());
            self.wishes.push(Wish { number, groups, since_s: now_s, asked_s: None, answered: false });
        }
    }

    /// Whether nothing is wished for.
    pub fn is_empty(&self) -> bool {
        self.wishes.is_empty()
    }

    /// Signal groups of all wishes, each once.
    pub fn groups(&self) -> BTreeSet<u8> {
        self.wishes.iter().flat_map(|wish| wish.groups.iter().copied()).collect()
    }

    /// The controller is asked for all of them now.
    pub fn asked(&mut self, now_s: f64) {
        for wish in &mut self.wishes {
            wish.asked_s = wish.asked_s.or(Some(now_s));
        }
    }

    /// The controller does what it was asked for.
    pub fn took(&mut self, talk: &mut Talk) {
        for wish in self.wishes.iter_mut().filter(|wish| wish.asked_s.is_some() && !wish.answered) {
            wish.answered = true;
            talk.words.push((wish.number, Ok(())));
        }
    }

    /// The controller will not: those that wait for its word end, or all if none does.
    pub fn refused(&mut self, talk: &mut Talk) {
        let waits = |wish: &Wish| wish.asked_s.is_some() && !wish.answered;
        let none_waits = !self.wishes.iter().any(waits);
        self.end(Refusal::Refused, talk, |wish| none_waits || waits(wish));
    }

    /// The controller is not heard any more: all end.
    pub fn lost(&mut self, talk: &mut Talk) {
        self.end(Refusal::Silent, talk, |_| true);
    }

    /// Ends those that the controller has not answered in time, and those that have lasted too long.
    pub fn expire(&mut self, now_s: f64, talk: &mut Talk) {
        let silent =
            |wish: &Wish| !wish.answered && wish.asked_s.is_some_and(|asked_s| now_s - asked_s > WORD_WITHIN_S);
        self.end(Refusal::Silent, talk, silent);
        self.end(Refusal::Refused, talk, |wish| now_s - wish.since_s > LONGEST_S);
    }

    fn end(&mut self, word: Refusal, talk: &mut Talk, ends: impl Fn(&Wish) -> bool) {
        self.wishes.retain(|wish| {
            let over = ends(wish);
            if over {
                talk.words.push((wish.number, Err(word)));
            }
            !over
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::priority::{Key, Requester, Role};

    /// A command to serve groups, or to let go.
    pub(crate) fn command(number: u32, serve: bool, groups: &[u8]) -> Command {
        let key = Key { who: Requester::Station(7), number: 1 };
        Command { number, key, serve, groups: groups.to_vec(), role: Role::Bus, eta: None }
    }

    #[test]
    fn each_wish_gets_one_word_and_ends_once() {
        let (mut wishes, mut talk) = (Wishes::default(), Talk::default());
        wishes.take(0.0, &command(1, true, &[1, 5]));
        wishes.asked(0.1);
        wishes.take(0.2, &command(2, true, &[5]));
        wishes.took(&mut talk);
        wishes.took(&mut talk);
        assert_eq!(std::mem::take(&mut talk.words), [(1, Ok(()))]);
        wishes.asked(0.3);
        wishes.refused(&mut talk);
        assert_eq!(std::mem::take(&mut talk.words), [(2, Err(Refusal::Refused))]);
        assert_eq!(wishes.groups(), BTreeSet::from([1, 5]));
        wishes.take(0.4, &command(1, false, &[1, 5]));
        assert!(wishes.is_empty() && talk.words.is_empty());
    }

    #[test]
    fn silence_loss_and_length_end_a_wish() {
        let (mut wishes, mut talk) = (Wishes::default(), Talk::default());
        wishes.take(0.0, &command(1, true, &[1]));
        wishes.expire(9.0, &mut talk);
        assert!(talk.words.is_empty(), "it was never asked for");
        wishes.asked(9.0);
        wishes.expire(10.1, &mut talk);
        assert_eq!(std::mem::take(&mut talk.words), [(1, Err(Refusal::Silent))]);
        wishes.take(20.0, &command(2, true, &[1]));
        wishes.asked(20.0);
        wishes.took(&mut talk);
        wishes.expire(319.0, &mut talk);
        assert_eq!(std::mem::take(&mut talk.words), [(2, Ok(()))]);
        wishes.expire(320.1, &mut talk);
        wishes.take(400.0, &command(3, true, &[1]));
        wishes.lost(&mut talk);
        assert_eq!(talk.words, [(2, Err(Refusal::Refused)), (3, Err(Refusal::Silent))]);
    }
}
