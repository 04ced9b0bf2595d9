//! The kinds of ASN.1 type that no message of this crate has, refused in every decoder and encoder of ours.

/// The methods of `rasn::Decoder` for those kinds; the decoder gives `refuse(&mut self, &str)`, an
/// error of the type that is named.
macro_rules! unused_in_decoder {
    ($error:ty) => {
        $crate::unused::unused_in_decoder! { @constrained $error,
            decode_visible_string: VisibleString, decode_general_string: GeneralString,
            decode_graphic_string: GraphicString, decode_printable_string: PrintableString,
            decode_numeric_string: NumericString, decode_teletex_string: TeletexString, decode_bmp_string: BmpString,
        }
        $crate::unused::unused_in_decoder! { @plain $error,
            decode_utc_time: UtcTime, decode_generalized_time: GeneralizedTime, decode_date: Date,
        }

        fn decode_real<R: rasn::types::RealType>(&mut self, _: Tag, _: &Constraints) -> Result<R, $error> {
            Err(self.refuse("REAL"))
        }

        fn decode_set_of<D: Decode + Eq + core::hash::Hash>(
            &mut self,
            _: Tag,
            _: &Constraints,
        ) -> Result<SetOf<D>, $error> {
            Err(self.refuse("SET OF"))
        }

        fn decode_set<const RC: usize, const EC: usize, FIELDS, SET, D, F>(
            &mut self,
            _: Tag,
            _: D,
            _: F,
        ) -> Result<SET, $error>
        where
            SET: Decode + Constructed<RC, EC>,
            FIELDS: Decode,
            D: Fn(&mut Self::AnyDecoder<RC, EC>, usize, Tag) -> Result<FIELDS, $error>,
            F: FnOnce(Vec<FIELDS>) -> Result<SET, $error>,
        {
            Err(self.refuse("SET"))
        }

        fn decode_extension_addition_group<
            const RC: usize,
            const EC: usize,
            D: Decode + Constructed<RC, EC>,
        >(
            &mut self,
        ) -> Result<Option<D>, $error> {
            Err(self.refuse("an extension addition group"))
        }
    };
    (@constrained $error:ty, $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag, _: &Constraints) -> Result<$type, $error> {
            Err(self.refuse(stringify!($type)))
        })*
    };
    (@plain $error:ty, $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag) -> Result<$type, $error> {
            Err(self.refuse(stringify!($type)))
        })*
    };
}
pub(crate) use unused_in_decoder;

/// The methods of `rasn::Encoder` for those kinds; the encoder gives `refuse(&mut self, &str)`, an error of the type that
/// is named.
macro_rules! unused_in_encoder {
    ($error:ty) => {
        $crate::unused::unused_in_encoder! { @constrained $error,
            encode_general_string: GeneralString, encode_graphic_string: GraphicString,
            encode_visible_string: VisibleString, encode_printable_string: PrintableString,
            encode_numeric_string: NumericString, encode_teletex_string: TeletexString, encode_bmp_string: BmpString,
        }
        $crate::unused::unused_in_encoder! { @plain $error,
            encode_generalized_time: GeneralizedTime, encode_utc_time: UtcTime, encode_date: Date,
        }

        fn encode_real<R: rasn::types::RealType>(
            &mut self,
            _: Tag,
            _: &Constraints,
            _: &R,
            _: Identifier,
        ) -> Result<(), $error> {
            Err(self.refuse("REAL"))
        }

        fn encode_set<'b, const RC: usize, const EC: usize, C, F>(
            &'b mut self,
            _: Tag,
            _: F,
            _: Identifier,
        ) -> Result<(), $error>
        where
            C: Constructed<RC, EC>,
            F: FnOnce(&mut Self::AnyEncoder<'b, RC, EC>) -> Result<(), $error>,
        {
            Err(self.refuse("SET"))
        }

        fn encode_set_of<E: Encode + Eq + core::hash::Hash>(
            &mut self,
            _: Tag,
            _: &SetOf<E>,
            _: &Constraints,
            _: Identifier,
        ) -> Result<(), $error> {
            Err(self.refuse("SET OF"))
        }

        fn encode_extension_addition_group<const RC: usize, const EC: usize, E>(
            &mut self,
            _: Option<&E>,
            _: Identifier,
        ) -> Result<(), $error>
        where
            E: Encode + Constructed<RC, EC>,
        {
            Err(self.refuse("an extension addition group"))
        }
    };
    (@constrained $error:ty, $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag, _: &Constraints, _: &$type, _: Identifier) -> Result<(), $error> {
            Err(self.refuse(stringify!($type)))
        })*
    };
    (@plain $error:ty, $($method:ident: $type:ident,)*) => {
        $(fn $method(&mut self, _: Tag, _: &$type, _: Identifier) -> Result<(), $error> {
            Err(self.refuse(stringify!($type)))
        })*
    };
}
pub(crate) use unused_in_encoder;
