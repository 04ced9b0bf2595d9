//! A number that says which body follows, and the body as an open type: the shape of both message frames and of part II of
//! the BSM.

/// An enum with a variant for each number that is known, and `Other` with the octets of any other body.
///
/// In JSON it is an object of the two members; an unknown body is hex. `$extensible` says whether the sequence has an
/// extension marker.
macro_rules! numbered {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $number:literal: $greatest:literal, $value:literal, extensible $extensible:literal,
            $($(#[$variant_meta:meta])* $variant:ident($body:ty) = $id:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)] // Few at a time: a box would cost more than it saves.
        pub enum $name {
            $($(#[$variant_meta])* $variant($body),)+
            /// Any other number, with the octets of its body as they came.
            Other(u16, $crate::Any),
        }

        impl $name {
            const NUMBER: Constraints = Constraints::new(&[Constraint::Value(Extensible::new(
                rasn::types::constraints::Value::new(rasn::types::constraints::Bounded::const_new(0, $greatest)),
            ))]);

            /// The number that stands before the body.
            pub const fn number(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $id,)+
                    Self::Other(number, _) => *number,
                }
            }
        }

        impl AsnType for $name {
            const TAG: Tag = Tag::SEQUENCE;
            const IDENTIFIER: Identifier = Identifier(Some(stringify!($name)));
        }

        impl Constructed<2, 0> for $name {
            const FIELDS: rasn::types::fields::Fields<2> = rasn::types::fields::Fields::from_static([
                rasn::types::fields::Field::new_required_type::<u16>(0, $number),
                rasn::types::fields::Field::new_required_type::<$crate::Any>(1, $value),
            ]);
            const IS_EXTENSIBLE: bool = $extensible;
        }

        impl Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: Tag,
                _: &Constraints,
                identifier: Identifier,
            ) -> Result<(), E::Error> {
                let members = |encoder: &mut E::AnyEncoder<'_, 2, 0>| {
                    let number = self.number();
                    number.encode_with_tag_and_constraints(encoder, Tag::INTEGER, &Self::NUMBER, Identifier::EMPTY)?;
                    match self {
                        $(Self::$variant(body) => $crate::uper::OpenType::encode(body, encoder),)+
                        Self::Other(_, octets) => octets.encode(encoder),
                    }
                };
                encoder.encode_sequence::<2, 0, Self, _>(tag, members, identifier).map(drop)
            }
        }

        impl Decode for $name {
            fn decode_with_tag_and_constraints<D: Decoder>(
                decoder: &mut D,
                tag: Tag,
                _: &Constraints,
            ) -> Result<Self, D::Error> {
                decoder.decode_sequence::<2, 0, Self, fn() -> Self, _>(tag, None, |decoder| {
                    Ok(match u16::decode_with_constraints(decoder, &Self::NUMBER)? {
                        $($id => Self::$variant($crate::uper::OpenType::decode(decoder)?),)+
                        number => Self::Other(number, $crate::Any::decode(decoder)?),
                    })
                })
            }
        }
    };
}
pub(crate) use numbered;
