// Shibboleth 3.4 as Debian 12 has it lost what reads the form of a WS-Federation sign-on when the signature of the method it
// overrides was changed: "Unimplemented decode method". This puts it back. It only takes the message out of the form;
// everything that is checked about it is checked by Shibboleth.
#include <memory>
#include <sstream>
#include <saml/SAMLConfig.h>
#include <saml/binding/MessageDecoder.h>
#include <saml/exceptions.h>
#include <xercesc/dom/DOM.hpp>
#include <xmltooling/XMLObject.h>
#include <xmltooling/XMLObjectBuilder.h>
#include <xmltooling/XMLToolingConfig.h>
#include <xmltooling/io/GenericRequest.h>
#include <xmltooling/unicode.h>
#include <xmltooling/util/ParserPool.h>
#include <xmltooling/util/XMLHelper.h>

using namespace xmltooling;

namespace {

class Decoder : public opensaml::MessageDecoder {
    auto_ptr_XMLCh family { "http://schemas.xmlsoap.org/ws/2005/02/trust" };

    const XMLCh* getProtocolFamily() const override { return family.get(); }

    XMLObject* decode(std::string& relayState, const GenericRequest& request, GenericResponse*, opensaml::SecurityPolicy&) const override {
        if (const char* wctx = request.getParameter("wctx")) relayState = wctx;
        const char* wresult = request.getParameter("wresult");
        if (!wresult) throw opensaml::BindingException("wresult is missing");
        std::istringstream text(wresult);
        XercesJanitor<xercesc::DOMDocument> document(XMLToolingConfig::getConfig().getParser().parse(text));
        std::unique_ptr<XMLObject> message(XMLObjectBuilder::buildOneFromElement(document.get()->getDocumentElement(), true));
        document.release();
        return message.release();
    }

    void extractMessageDetails(const XMLObject&, const GenericRequest&, const XMLCh*, opensaml::SecurityPolicy&) const override {}
};

opensaml::MessageDecoder* makeDecoder(const xercesc::DOMElement* const&, bool) { return new Decoder; }

}

extern "C" int xmltooling_extension_init(void*) {
    opensaml::SAMLConfig::getConfig().MessageDecoderManager.registerFactory("http://schemas.xmlsoap.org/ws/2003/07/secext", makeDecoder);
    return 0;
}

extern "C" void xmltooling_extension_term() {}
