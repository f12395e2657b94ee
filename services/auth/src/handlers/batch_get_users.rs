//! `UserService.BatchGetUsers`.

use std::collections::HashMap;

use confab_core::UserId;

use crate::domain::Person;
use crate::error::Error;
use crate::service::AuthService;

/// Returns those of `ids` that there are, or were, each once, in the order asked for.
pub async fn batch_get_users(service: &AuthService, ids: Vec<UserId>) -> Result<Vec<Person>, Error> {
    let found = service.stores.users.find_many(&ids).await?;
    let here = found.into_iter().map(Person::Here);
    let mut people: HashMap<UserId, Person> = here.map(|person| (person.id(), person)).collect();
    let missing: Vec<UserId> = ids.iter().copied().filter(|id| !people.contains_key(id)).collect();
    if !missing.is_empty() {
        let gone = service.stores.departures.find_departed(&missing).await?;
        people.extend(gone.into_iter().map(|id| (id, Person::Gone(id))));
    }
    Ok(ids.iter().filter_map(|id| people.remove(id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Email, SignUp};
    use crate::handlers::sign_up;
    use crate::service::testing::{ada, join, test_service};

    #[tokio::test]
    async fn people_come_in_the_order_asked_for_and_each_once() {
        let (service, _folder) = test_service().await;
        let (ada_account, _) = join(&service).await;
        let bob = SignUp { email: Email::new("bob@example.com").unwrap(), ..ada() };
        let bob = sign_up(&service, bob).await.unwrap().account.user;
        let (ada, nobody) = (ada_account.user, UserId::new(bob.created));

        for ids in [vec![ada.id, bob.id], vec![bob.id, ada.id]] {
            let asked = [ids.as_slice(), &[nobody], &ids].concat();
            let found = batch_get_users(&service, asked).await.unwrap();
            assert_eq!(found.iter().map(Person::id).collect::<Vec<_>>(), ids);
        }
    }
}
