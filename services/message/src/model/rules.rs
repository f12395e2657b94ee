//! Who may do what.

use super::{Deed, MEMBERS_MAX, Model, Person, Shape, Try};
use crate::domain::Role;

/// It may not be done.
pub struct Forbidden;

/// What is done; nothing if it is so already.
type Judgement = Result<Option<Deed>, Forbidden>;

impl Model {
    pub(super) fn judge(&self, Try { actor, deed, .. }: &Try) -> Judgement {
        let actor = *actor;
        if self.done.is_empty() && self.shape != Shape::Direct {
            return match deed {
                Deed::Found { members } if members.len() < MEMBERS_MAX => Ok(Some(deed.clone())),
                _ => Err(Forbidden),
            };
        }
        if let Deed::Delete { target } = deed
            && self.sender(*target) == Some(actor)
        {
            return Ok((!self.is_deleted(*target)).then(|| deed.clone()));
        }
        let role = self.role(actor).ok_or(Forbidden)?;
        match deed {
            Deed::Send { means, reply_to, .. } => {
                let means_member = means.is_none_or(|person| self.role(person).is_some());
                let answers = reply_to.is_none_or(|seq| self.sees(actor, seq) && !self.is_deleted(seq));
                when(means_member && answers, Some(deed))
            }
            Deed::Edit { target, text } => {
                let theirs = self.sees(actor, *target) && self.sender(*target) == Some(actor);
                let new = self.words(*target) != Some((*text, None));
                when(theirs && !self.is_deleted(*target), new.then_some(deed))
            }
            Deed::Delete { target } => when(
                self.sees(actor, *target) && self.leads(actor),
                (!self.is_deleted(*target)).then_some(deed),
            ),
            Deed::React { target, emoji } => {
                let there = self.sees(actor, *target) && !self.is_deleted(*target);
                when(there, (!self.has_reacted(actor, *target, *emoji)).then_some(deed))
            }
            Deed::Unreact { target, emoji } => {
                when(self.sees(actor, *target), self.has_reacted(actor, *target, *emoji).then_some(deed))
            }
            Deed::Pin { target } => {
                let there = self.sees(actor, *target) && !self.is_deleted(*target);
                when(self.pins_may(actor) && there, (!self.pins().contains(target)).then_some(deed))
            }
            Deed::Unpin { target } => {
                let there = self.sees(actor, *target);
                when(self.pins_may(actor) && there, self.pins().contains(target).then_some(deed))
            }
            Deed::Found { .. } => Ok(None),
            Deed::Join { people } => self.judge_joining(actor, people),
            Deed::Leave { person } => self.judge_leaving(actor, role, *person, deed),
            Deed::Appoint { person, role: wanted } => {
                let may = self.is_group() && role == Role::Owner;
                let now = self.role(*person).filter(|_| may).ok_or(Forbidden)?;
                let owner_stays = now == *wanted || !self.is_only_owner(*person);
                when(owner_stays, (now != *wanted).then_some(deed))
            }
            Deed::Title { text } => when(self.leads(actor), (self.title() != Some(*text)).then_some(deed)),
        }
    }

    fn judge_joining(&self, actor: Person, people: &[Person]) -> Judgement {
        let people: Vec<Person> =
            people.iter().copied().filter(|person| self.role(*person).is_none()).collect();
        let room = self.members().len() + people.len() <= MEMBERS_MAX;
        let joining = Deed::Join { people: people.clone() };
        when(self.leads(actor) && room, (!people.is_empty()).then_some(&joining))
    }

    fn judge_leaving(&self, actor: Person, role: Role, person: Person, deed: &Deed) -> Judgement {
        if !self.is_group() || (person != actor && !self.leads(actor)) {
            return Err(Forbidden);
        }
        let Some(theirs) = self.role(person) else { return Ok(None) };
        let outranked = person == actor || role == Role::Owner || theirs < role;
        let owned = !self.is_only_owner(person) || self.members().len() == 1;
        when(outranked && owned, Some(deed))
    }

    fn is_only_owner(&self, person: Person) -> bool {
        let owners: Vec<Person> =
            self.members().into_iter().filter(|one| self.role(*one) == Some(Role::Owner)).collect();
        owners == [person]
    }

    /// Whether they lead a group.
    fn leads(&self, person: Person) -> bool {
        self.is_group() && self.role(person) >= Some(Role::Admin)
    }

    fn pins_may(&self, person: Person) -> bool {
        !self.is_group() || self.leads(person)
    }
}

fn when(allowed: bool, done: Option<&Deed>) -> Judgement {
    if allowed { Ok(done.cloned()) } else { Err(Forbidden) }
}
