/** A web application that looks at photos, with Spring Boot. */
package io.lorgnette.examples.spring;
